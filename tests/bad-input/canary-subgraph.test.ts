import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leaksIn } from './response-leaks';
import { contains, newCanary, openLoggedShop, type LoggedShop } from './logged-shop';
import type { RawResponse } from './raw-client';

const openTimeoutMs = 180_000;

/** A response of a subgraph that does not mask its errors. */
interface SubgraphResponse {
  title: string;
  status?: number;
  body: (canary: string) => string;
}

const errors = (...list: object[]) => JSON.stringify({ errors: list, data: null });

const subgraphResponses: readonly SubgraphResponse[] = [
  {
    title: 'error message without a code',
    body: (canary) => errors({ message: `password ${canary} rejected` }),
  },
  {
    title: 'message of an internal error',
    body: (canary) => errors({ message: `connect ${canary}`, extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
  },
  {
    title: 'error message with an unknown code',
    body: (canary) => errors({ message: `bad key ${canary}`, extensions: { code: 'PG_23505' } }),
  },
  {
    title: 'error extensions next to a public code',
    body: (canary) =>
      errors({
        message: 'Not found.',
        extensions: {
          code: 'NOT_FOUND',
          stacktrace: [canary],
          exception: { sql: canary },
          serviceName: canary,
        },
      }),
  },
  {
    title: 'response extensions',
    body: (canary) => JSON.stringify({ data: { products: null }, extensions: { trace: canary } }),
  },
  {
    title: 'value of the wrong type',
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
  { title: 'response that is not JSON', body: (canary) => `<h1>${canary}</h1>` },
  {
    title: 'rejection of the service credential',
    status: 401,
    body: (canary) => errors({ message: canary }),
  },
  // The last one, because it opens the circuit breaker of the gateway.
  { title: 'error page of a proxy', status: 502, body: (canary) => `<h1>${canary}</h1>` },
];

interface Exchange {
  canary: string;
  responses: RawResponse[];
  requestCount: number;
}

const exchanges = new Map<string, Exchange>();
let log: string[];
let server: Server;
let subgraphResponse: SubgraphResponse | undefined;
let canary = '';
let requestCount = 0;

function respond(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (request.method === 'GET' || !subgraphResponse) return void response.end('{}');
  requestCount += 1;
  response.writeHead(subgraphResponse.status ?? 200, {
    'content-type': 'application/json',
    'x-secret': canary,
  });
  response.end(subgraphResponse.body(canary));
}

/** Requests that call the product subgraph through the gateway and the order subgraph. */
const sendRequests = ({ send, adminToken: token, customerToken }: LoggedShop) =>
  Promise.all([
    send({ path: '/v1/products' }),
    send({
      path: '/graphql',
      body: { query: '{ products { nodes { id sku name stock } pageInfo { hasNextPage } } }' },
    }),
    send({ path: '/v1/products', token, body: { sku: 'S', name: 'N', price_cents: 1, currency: 'EUR' } }),
    // The order subgraph calls reserveStock.
    send({
      path: '/v1/orders',
      token: customerToken,
      body: { items: [{ product_id: randomUUID(), quantity: 1 }] },
    }),
  ]);

beforeAll(async () => {
  server = createServer(respond);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { PRODUCT_URL: `http://127.0.0.1:${port}/graphql` };
  const shop = await openLoggedShop({ gateway: env, order: env });
  for (const each of subgraphResponses) {
    subgraphResponse = each;
    canary = newCanary();
    requestCount = 0;
    const responses = await sendRequests(shop);
    exchanges.set(each.title, { canary, responses, requestCount });
  }
  log = await shop.closeAndReadLog();
}, openTimeoutMs);
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

const find = (title: string): Exchange => {
  const found = exchanges.get(title);
  if (!found?.requestCount) throw new Error(`the subgraph received no request for ${title}`);
  return found;
};

describe('a secret in the response of a subgraph', () => {
  test.each(subgraphResponses)('as $title appears in no response', ({ title }) => {
    const { canary: secret, responses } = find(title);

    expect(responses.filter((each) => contains(each, secret)).map(({ text }) => text)).toEqual([]);
    const leaks = responses.flatMap(leaksIn).filter((leak) => !/^HTTP|an internal error code/.test(leak));
    expect(leaks).toEqual([]);
  });

  test.each(subgraphResponses)('as $title appears in no log line', ({ title }) => {
    const { canary: secret } = find(title);

    expect(log.filter((line) => line.includes(secret))).toEqual([]);
  });
});
