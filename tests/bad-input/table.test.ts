import { generateKeyPairSync } from 'node:crypto';
import { createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { testKeys } from '@shop/testkit/keys';
import { unwrap } from '../e2e/shop';
import { type RawShop, openRawShop } from './raw-shop';
import { graphqlTable } from './graphql-table';
import { leaksIn } from './response-leaks';
import { restTable } from './rest-table';
import { outcomeOf, type TableData } from './table-row';

const openTimeoutMs = 180_000;

let rawShop: RawShop;
let data: TableData;

beforeAll(async () => {
  rawShop = await openRawShop();
  const [own, other] = await Promise.all([
    rawShop.newTestData(),
    rawShop.shop.newOrder(rawShop.shop.storefronts.REST, { stock: 1, quantity: 1 }),
  ]);
  const { id: foreignUserId } = unwrap(await rawShop.shop.storefronts.REST.me(other.accessToken));
  data = { ...own, ...badTokens(foreignUserId), foreignOrderId: other.order.id, foreignUserId };
}, openTimeoutMs);
afterAll(() => rawShop?.close());

function badTokens(userId: string): Pick<TableData, 'expiredToken' | 'forgedToken'> {
  const { current } = readKeyRing(testKeys().signingKeysDir);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const names = { issuer: 'supergraph-shop', audience: 'supergraph-shop' };
  const expired = createTokenSigner({ currentKey: () => current, lifetimeSeconds: -120, ...names });
  const forger = createTokenSigner({ currentKey: () => ({ kid: current.kid, privateKey }), ...names });
  const subject = { userId, role: 'ADMIN', sessionId: userId } as const;
  return { expiredToken: expired.sign(subject), forgedToken: forger.sign(subject) };
}

const rows = [
  ...Object.entries(restTable).map((entry) => ['REST', ...entry] as const),
  ...Object.entries(graphqlTable).map((entry) => ['GraphQL', ...entry] as const),
];

describe.each(rows)('%s: %s', (_api, _title, cases) => {
  test.each(cases)('$title: $status $outcome', async ({ request, status, outcome, header }) => {
    const response = await rawShop.client.send(request(data));

    expect([response.status, outcomeOf(response)]).toEqual([status, outcome]);
    expect(leaksIn(response)).toEqual([]);
    if (header) expect(response.headers).toMatchObject({ [header[0]]: header[1] });
  });
});

describe.each(['REST', 'GraphQL'] as const)('%s: two lines of the same product', (api) => {
  test('are merged into one line with the sum', async () => {
    const { customerToken, productId } = data;
    const lines = [1, 2].map((quantity) => ({ productId, quantity }));

    const { items } = unwrap(await rawShop.shop.storefronts[api].placeOrder(customerToken, lines));

    expect(items).toMatchObject([{ productId, quantity: 3 }]);
  });
});

test('a user sender sent __proto__ keeps their role', async () => {
  const { customerToken: token } = data;
  const { text } = await rawShop.client.send({ path: '/v1/me', token });
  const product = { sku: 'POLLUTED', name: 'Thing', price_cents: 1, currency: 'EUR' };
  const { status } = await rawShop.client.send({ path: '/v1/products', token, body: product });

  expect([JSON.parse(text), status]).toMatchObject([{ role: 'CUSTOMER' }, 403]);
});
