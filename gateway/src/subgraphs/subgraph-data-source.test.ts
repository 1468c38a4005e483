import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceCredentials } from '@shop/kit/auth';
import { createLogger } from '@shop/kit/logger';
import { type GatewayContext, RequestBudget } from '../context';
import { SubgraphDataSource } from './subgraph-data-source';

const directory = mkdtempSync(join(tmpdir(), 'gateway-'));
const keyFile = join(directory, 'gateway.pem');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));

const logger = createLogger({ service: 'gateway' });
logger.silent = true;

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  rmSync(directory, { recursive: true });
});

/** Sends one request to a subgraph that runs `listener`. */
async function execute(listener: RequestListener, { query = '{ __typename }', given = {} } = {}) {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    listener(request, response);
  });
  server.listen(0, '127.0.0.1').unref();
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const source = new SubgraphDataSource({
    name: 'product',
    url: `http://127.0.0.1:${port}/graphql`,
    credentials: createServiceCredentials({ service: 'gateway', keyFile }),
    logger,
    queryTimeoutMs: 500,
    mutationTimeoutMs: 500,
    maximumConnections: 2,
    maximumWaiting: 2,
  });
  const context: GatewayContext = {
    requestId: 'r1',
    receivedAtMs: 1_795_000_000_000,
    authorization: 'Bearer user',
    clientAddress: '192.0.2.1',
    clientUserAgent: 'test',
    disconnected: new AbortController().signal,
    budget: new RequestBudget(),
    answer: { replayed: false },
    ...given,
  };
  const response = await source.process({ request: { query }, context });
  return { response, context, received: () => received };
}

const messageOf = ({ response }: Awaited<ReturnType<typeof execute>>) => response.errors?.[0]?.message;

const respond =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

it("forwards the user's token and adds the gateway's own credential", async () => {
  let headers: IncomingHttpHeaders = {};
  await execute((request, response) => {
    headers = request.headers;
    response.end('{"data":{}}');
  });
  expect(headers).toMatchObject({
    authorization: 'Bearer user',
    'x-request-id': 'r1',
    'x-request-began-at': '1795000000000',
    'x-client-address': '192.0.2.1',
    'x-client-user-agent': 'test',
    'x-service-authorization': expect.stringMatching(/^Bearer ey/) as string,
  });
});

it('records that the stored result of an idempotency key was returned', async () => {
  const { context } = await execute(respond(200, '{"data":{}}', { 'idempotent-replayed': 'true' }));
  expect(context.answer.replayed).toBe(true);
});

it.each<[string, RequestListener]>([
  ['hangs', () => undefined],
  ['never ends its response', (_request, response) => void response.write('{"data":')],
  ['closes the connection', (request) => void request.socket.destroy()],
  ['responds with HTTP 500', respond(500, 'Error: at /srv/product.ts:1')],
  ['is not ready', respond(503, '{"errors":[{"message":"10.0.0.3"}]}')],
])('a subgraph that %s is reported as unavailable, by its name only', async (_what, listener) => {
  const { response } = await execute(listener);
  expect(response).toEqual({
    errors: [
      expect.objectContaining({
        message: 'The product service is unavailable.',
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
      }),
    ],
  });
});

it.each([
  ['rejects the credential', respond(401, '{"errors":[{"message":"no"}]}')],
  ['does not respond with JSON', respond(200, '<html>')],
])('a subgraph that %s is reported as an internal error', async (_what, listener) => {
  const { response } = await execute(listener);
  expect(response.errors?.[0]).toMatchObject({
    message: 'Internal error.',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
});

const closeConnection: RequestListener = (request) => request.socket.destroy();

it('retries a query once after a lost connection', async () => {
  const { received } = await execute(closeConnection);
  expect(received()).toBe(2);
});

it('does not retry a mutation, and reports that it may have taken effect', async () => {
  const result = await execute(closeConnection, { query: 'mutation Pay__order__0 { pay }' });
  expect(result.received()).toBe(1);
  expect(messageOf(result)).toBe(
    'The product service is unavailable: the request may have taken effect. Repeat it with the same idempotency key; without a key, check the state first.',
  );
});

it('reports a failed query after a mutation as a result that cannot be read', async () => {
  const budget = new RequestBudget();
  budget.endMutation();
  expect(messageOf(await execute(closeConnection, { given: { budget } }))).toContain(
    'its result cannot be read',
  );
});

it('aborts a query when its client disconnects', async () => {
  const client = new AbortController();
  const result = await execute(() => client.abort(), { given: { disconnected: client.signal } });
  expect(result.received()).toBe(1);
});

it('does not send a query after the deadline of the request', async () => {
  const budget = new RequestBudget();
  budget.queryDeadlineMs(-1);
  const result = await execute(respond(200, '{"data":{}}'), { given: { budget } });
  expect(result.received()).toBe(0);
});
