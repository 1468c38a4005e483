import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceCredentials } from '@shop/kit/auth';
import { createLogger } from '@shop/kit/logger';
import type { GatewayContext } from '../context';
import { RequestBudget } from '../request-budget';
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

/** What comes of one request to a subgraph that behaves as `listener` does. */
async function ask(listener: RequestListener, { query = '{ __typename }', given = {} } = {}) {
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
    beganAtMs: 1_795_000_000_000,
    authorization: 'Bearer person',
    clientAddress: '192.0.2.1',
    clientUserAgent: 'test',
    gone: new AbortController().signal,
    budget: new RequestBudget(),
    answer: { replayed: false },
    ...given,
  };
  const answer = await source.process({ request: { query }, context });
  return { answer, context, received: () => received };
}

const messageOf = ({ answer }: Awaited<ReturnType<typeof ask>>) => answer.errors?.[0]?.message;

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

it("passes on who asks and adds the gateway's own credential", async () => {
  let seen: IncomingHttpHeaders = {};
  await ask((request, response) => {
    seen = request.headers;
    response.end('{"data":{}}');
  });
  expect(seen).toMatchObject({
    authorization: 'Bearer person',
    'x-request-id': 'r1',
    'x-request-began-at': '1795000000000',
    'x-client-address': '192.0.2.1',
    'x-client-user-agent': 'test',
    'x-service-authorization': expect.stringMatching(/^Bearer ey/) as string,
  });
});

it('notes that an idempotency key was replayed', async () => {
  const { context } = await ask(answering(200, '{"data":{}}', { 'idempotent-replayed': 'true' }));
  expect(context.answer.replayed).toBe(true);
});

it.each<[string, RequestListener]>([
  ['hangs', () => undefined],
  ['drips', (_request, response) => void response.write('{"data":')],
  ['closes the connection', (request) => void request.socket.destroy()],
  ['answers HTTP 500', answering(500, 'Error: at /srv/product.ts:1')],
  ['is not ready', answering(503, '{"errors":[{"message":"10.0.0.3"}]}')],
])('a subgraph that %s is a safe error which names only the subgraph', async (_how, listener) => {
  const { answer } = await ask(listener);
  expect(answer).toEqual({
    errors: [
      expect.objectContaining({
        message: 'The product service does not answer just now.',
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
      }),
    ],
  });
});

it.each([
  ['refuses the credential', answering(401, '{"errors":[{"message":"no"}]}')],
  ['answers no JSON', answering(200, '<html>')],
])('a subgraph that %s is an internal error', async (_how, listener) => {
  const { answer } = await ask(listener);
  expect(answer.errors?.[0]).toMatchObject({
    message: 'Internal error.',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
});

const breaksOff: RequestListener = (request) => request.socket.destroy();

it('a read that broke off is tried once more', async () => {
  const { received } = await ask(breaksOff);
  expect(received()).toBe(2);
});

it('a mutation is never repeated; one whose answer is lost says that it may be done', async () => {
  const asked = await ask(breaksOff, { query: 'mutation Pay__order__0 { pay }' });
  expect(asked.received()).toBe(1);
  expect(messageOf(asked)).toBe(
    'The product service does not answer just now: what was asked may be done. Repeat it with the idempotency key that it had; without one, look first.',
  );
});

it('a read after a mutation says that what came of that cannot be shown', async () => {
  const budget = new RequestBudget();
  budget.mutationWasAnswered();
  expect(messageOf(await ask(breaksOff, { given: { budget } }))).toContain('cannot be shown');
});

it('a read is aborted when its client disconnects', async () => {
  const client = new AbortController();
  const asked = await ask(() => client.abort(), { given: { gone: client.signal } });
  expect(asked.received()).toBe(1);
});

it('a read is not begun when those before it have used up the time', async () => {
  const budget = new RequestBudget();
  budget.readDeadlineMs(-1);
  const asked = await ask(answering(200, '{"data":{}}'), { given: { budget } });
  expect(asked.received()).toBe(0);
});
