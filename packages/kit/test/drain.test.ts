import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { type SlowService, startSlowService } from './support/slow-service';

let database: TestDatabase;
let service: SlowService;
beforeAll(async () => {
  database = await cloneDatabase('order');
  await sql(
    `CREATE TABLE slow_work (id text PRIMARY KEY, due_at timestamptz, due_tries integer NOT NULL DEFAULT 0)`,
  );
});
afterEach(async () => {
  service.kill('SIGKILL');
  await service.ended;
});
afterAll(() => database.drop());

/** One GET over a connection that the client would keep. */
async function get(path: string, agent = new Agent({ keepAlive: true })) {
  const sent = request(new URL(path, service.url), { agent }).end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, connection: response.headers.connection };
}

const readiness = async () => (await get('/readyz')).status;

const sql = (text: string) =>
  withClient(database.url, async (client) => (await client.query(text)).rows as unknown[]);

const insertWork = () => sql(`INSERT INTO slow_work (id, due_at) VALUES ('slow', now())`);

async function beginWork(): Promise<void> {
  await insertWork();
  await service.received('work begun');
}

const workLeft = () => sql('SELECT due_tries AS tries FROM slow_work');

describe('A service that receives SIGTERM', () => {
  test('accepts requests during the drain delay, then finishes its due row and its request, and exits with 0', async () => {
    service = await startSlowService(database.url, { DRAIN_DELAY_MS: '1000' });
    await beginWork();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await get('/healthz', agent)).toEqual({ status: 200, connection: 'keep-alive' });
    const inFlight = get('/slow');
    await service.received('request begun');

    service.kill('SIGTERM');

    await eventually(async () => expect(await readiness()).toBe(503), { intervalMs: 5 });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/healthz', agent)).toEqual({ status: 200, connection: 'close' });
    service.goOn('work');
    await service.received('work finished');
    expect(await workLeft()).toEqual([]);
    expect(service.hasReceived('closed')).toBe(false);
    service.goOn('request');
    expect(await inFlight).toEqual({ status: 200, connection: 'close' });
    expect(await service.ended).toBe(0);
  });

  test('claims no due row, accepts no new connection, and does not wait for an idle connection', async () => {
    service = await startSlowService(database.url);
    const { hostname, port } = new URL(service.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const inFlight = get('/slow');
    await service.received('request begun');

    service.kill('SIGTERM');
    await service.received('work finished');

    await insertWork();
    await eventually(() => expect(get('/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    service.goOn('request');
    expect(await inFlight).toMatchObject({ status: 200 });
    expect(await service.ended).toBe(0);
    expect(await workLeft()).toEqual([{ tries: 0 }]);
    await sql('DELETE FROM slow_work');
  });

  test('exits at its time limit, and another process claims its due row when the lease has ended', async () => {
    service = await startSlowService(database.url, { DRAIN_TIMEOUT_MS: '100' });
    await beginWork();

    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    service = await startSlowService(database.url);
    await service.received('work begun');
    service.goOn('work');
    await eventually(async () => expect(await workLeft()).toEqual([]));
  });

  test('exits immediately at a second signal', async () => {
    service = await startSlowService(database.url);
    const inFlight = get('/slow').catch((error: NodeJS.ErrnoException) => error.code);
    await service.received('request begun');

    service.kill('SIGTERM');
    await service.received('work finished');
    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    expect(await inFlight).toBe('ECONNRESET');
  });
});
