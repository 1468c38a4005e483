import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { offencesIn } from './harmless';
import { holds, newCanary, openWatchedShop, type WatchedShop } from './watched-shop';
import type { RawResponse } from './raw-client';

const openTimeoutMs = 180_000;

/** What a subgraph that was written by somebody else may answer. */
interface Confession {
  what: string;
  status?: number;
  body: (canary: string) => string;
}

const errors = (...list: object[]) => JSON.stringify({ errors: list, data: null });

const confessions: readonly Confession[] = [
  {
    what: 'the message of an error without a code',
    body: (canary) => errors({ message: `password ${canary} refused` }),
  },
  {
    what: 'the message of an internal error',
    body: (canary) => errors({ message: `connect ${canary}`, extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
  },
  {
    what: 'the message of an error with an unknown code',
    body: (canary) => errors({ message: `bad key ${canary}`, extensions: { code: 'PG_23505' } }),
  },
  {
    what: 'the extensions of an error that may be shown',
    body: (canary) =>
      errors({
        message: 'There is none.',
        extensions: {
          code: 'NOT_FOUND',
          stacktrace: [canary],
          exception: { sql: canary },
          serviceName: canary,
        },
      }),
  },
  {
    what: 'the extensions of the whole answer',
    body: (canary) => JSON.stringify({ data: { products: null }, extensions: { trace: canary } }),
  },
  {
    what: 'a value of the wrong type',
    body: (canary) =>
      JSON.stringify({
        data: {
          products: {
            nodes: [
              {
                __typename: 'Product',
                id: canary,
                sku: 'S',
                name: 'N',
                description: '',
                stock: canary,
                price: canary,
                createdAt: 1,
                updatedAt: 1,
              },
            ],
            pageInfo: { hasNextPage: canary, endCursor: null },
          },
        },
      }),
  },
  { what: 'a page that is no JSON', body: (canary) => `<h1>${canary}</h1>` },
  { what: 'a refusal of our credential', status: 401, body: (canary) => errors({ message: canary }) },
  // Last: after a few of these, the gateway's circuit to the subgraph is open.
  { what: 'a page of a proxy', status: 502, body: (canary) => `<h1>${canary}</h1>` },
];

interface Heard {
  canary: string;
  responses: RawResponse[];
  asked: number;
}

const heard = new Map<string, Heard>();
let log: string[];
let server: Server;
let confession: Confession | undefined;
let canary = '';
let asked = 0;

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (request.method === 'GET' || !confession) return void response.end('{}');
  asked += 1;
  response.writeHead(confession.status ?? 200, { 'content-type': 'application/json', 'x-secret': canary });
  response.end(confession.body(canary));
}

/** Through every door that leads to the product subgraph. */
const ask = ({ send, adminToken: token, customerToken }: WatchedShop) =>
  Promise.all([
    send({ path: '/v1/products' }),
    send({
      path: '/graphql',
      body: { query: '{ products { nodes { id sku name stock } pageInfo { hasNextPage } } }' },
    }),
    send({ path: '/v1/products', token, body: { sku: 'S', name: 'N', price_cents: 1, currency: 'EUR' } }),
    // The order subgraph asks for its stock.
    send({
      path: '/v1/orders',
      token: customerToken,
      body: { items: [{ product_id: randomUUID(), quantity: 1 }] },
    }),
  ]);

beforeAll(async () => {
  server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { PRODUCT_URL: `http://127.0.0.1:${port}/graphql` };
  const shop = await openWatchedShop({ gateway: env, order: env });
  for (const each of confessions) {
    confession = each;
    canary = newCanary();
    asked = 0;
    const responses = await ask(shop);
    heard.set(each.what, { canary, responses, asked });
  }
  log = await shop.closeAndReadLog();
}, openTimeoutMs);
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

const find = (what: string): Heard => {
  const found = heard.get(what);
  if (!found?.asked) throw new Error(`the subgraph was not asked for ${what}`);
  return found;
};

describe("a subgraph's", () => {
  test.each(confessions)('$what appears in no response', ({ what }) => {
    const { canary: secret, responses } = find(what);

    expect(responses.filter((each) => holds(each, secret)).map(({ text }) => text)).toEqual([]);
    const leaks = responses.flatMap(offencesIn).filter((offence) => !/^HTTP|an error of ours/.test(offence));
    expect(leaks).toEqual([]);
  });

  test.each(confessions)('$what appears in no log line', ({ what }) => {
    const { canary: secret } = find(what);

    expect(log.filter((line) => line.includes(secret))).toEqual([]);
  });
});
