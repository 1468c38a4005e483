import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { type Stack, workspaceRoot } from '@shop/local-stack/stack';
import { rest } from '@shop/testkit/http';
import { createProducts } from '../checkout/measured-shop';

export interface MeasuredOperation {
  name: string;
  query: string;
  variables?: Record<string, string>;
}

/** What the operations read. */
export interface Fixture {
  operations: readonly MeasuredOperation[];
  /** Valid for minutes. */
  newToken(): string;
}

/** Of the customer; a list has as many. */
const orders = 10;

/** The queries of the storefront, as the explorer has them. */
const storefront = [
  ...['home-page', 'catalogue', 'search-products', 'product', 'product-by-sku'],
  ...['my-account', 'my-sessions', 'my-orders', 'order', 'payment'],
];

const productFields =
  'id sku name description price { amountCents currency } stock inStock createdAt updatedAt';

/** Makes a customer with ten paid orders of three products each. */
export async function openFixture(stack: Stack): Promise<Fixture> {
  const send = rest(stack.gatewayUrl);
  const post = async (path: string, body: object, token?: string) => {
    const headers = { 'idempotency-key': randomUUID() };
    const response = await send('POST', path, { body, headers, ...(token && { token }) });
    if (response.status >= 300)
      throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(response.body)}`);
    return response.body;
  };
  const credentials = { email: `${randomUUID()}@bench.example`, password: `P@ss-${randomUUID()}` };
  const registered = await post('/v1/auth/register', credentials);
  const token = String(registered['access_token']);
  const productIds = await createProducts(stack, 12);
  const variables = { productId: productIds[0] as string, orderId: '', paymentId: '' };
  for (let order = 0; order < orders; order += 1) {
    const items = [0, 1, 2].map((item) => ({
      product_id: productIds[(order + item * 4) % productIds.length],
      quantity: 1 + item,
    }));
    variables.orderId = String((await post('/v1/orders', { items }, token))['id']);
    const paid = await post(`/v1/orders/${variables.orderId}/pay`, { payment_method: 'sim_success' }, token);
    variables.paymentId = String((paid['payment'] as { id?: string } | undefined)?.id ?? paid['id']);
  }
  const userId = subjectOf(token);
  const { current } = readKeyRing(join(stack.dataDir, 'keys', 'signing'));
  const signer = createTokenSigner({
    currentKey: () => current,
    issuer: 'supergraph-shop',
    audience: 'supergraph-shop',
  });
  return {
    operations: [
      ...mainOperations(variables.productId),
      ...storefront.map((name) => fromFile(name, variables)),
    ],
    newToken: () => signer.sign({ userId, role: 'CUSTOMER', sessionId: randomUUID() }),
  };
}

function mainOperations(productId: string): MeasuredOperation[] {
  return [
    { name: '__typename', query: '{ __typename }' },
    {
      name: 'product(id)',
      query: `query ($productId: ID!) { product(id: $productId) { ${productFields} } }`,
      variables: { productId },
    },
    {
      name: 'three hops',
      query: `{ me { id email orders(first: ${orders}) { nodes {
        id status total { amountCents currency } createdAt
        items { quantity unitPrice { amountCents currency } product { id sku name stock } }
        payments { id status amount { amountCents currency } }
      } } } }`,
    },
    {
      // 95 KB.
      name: 'large list',
      query: `{ products(first: 100) {
        edges { cursor node { ${productFields} } }
        nodes { ${productFields} }
        summaries: nodes { id sku name description price { amountCents currency } }
      } }`,
    },
  ];
}

function fromFile(name: string, variables: Record<string, string>): MeasuredOperation {
  const query = readFileSync(join(workspaceRoot, 'gateway/explorer/operations', `${name}.graphql`), 'utf8');
  const declared = Object.entries(variables).filter(([variable]) => query.includes(`$${variable}:`));
  return { name: `storefront: ${name}`, query, variables: Object.fromEntries(declared) };
}

function subjectOf(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { sub: string }).sub;
}
