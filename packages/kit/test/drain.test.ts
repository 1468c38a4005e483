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

async function beginJob(): Promise<void> {
  await withClient(database.url, (client) => client.query("SELECT graphile_worker.add_job('slow')"));
  await service.told('job begun');
}

const jobsLeft = () =>
  withClient(
    database.url,
    async (client) => (await client.query('SELECT locked_by FROM graphile_worker.jobs')).rows,
  );

describe('A service that is told to stop', () => {
  test('serves on while it is taken out of readiness, then finishes its job and its request, and ends with 0', async () => {
    service = await startSlowService(database.url, { DRAIN_DELAY_MS: '1000' });
    await beginJob();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await get('/healthz', agent)).toEqual({ status: 200, connection: 'keep-alive' });
    const underWay = get('/slow');
    await service.told('request begun');

    service.kill('SIGTERM');

    await eventually(async () => expect(await readiness()).toBe(503), { intervalMs: 5 });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/healthz', agent)).toEqual({ status: 200, connection: 'close' });
    service.goOn('job');
    await service.told('jobs finished');
    expect(await jobsLeft()).toEqual([]);
    expect(service.hasTold('closed')).toBe(false);
    service.goOn('request');
    expect(await underWay).toEqual({ status: 200, connection: 'close' });
    expect(await service.ended).toBe(0);
  });

  test('takes no new job and no new connection, and does not wait for a connection that asks for nothing', async () => {
    service = await startSlowService(database.url);
    const { hostname, port } = new URL(service.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const underWay = get('/slow');
    await service.told('request begun');

    service.kill('SIGTERM');
    await service.told('jobs finished');

    await withClient(database.url, (client) => client.query("SELECT graphile_worker.add_job('slow')"));
    await eventually(() => expect(get('/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    service.goOn('request');
    expect(await underWay).toMatchObject({ status: 200 });
    expect(await service.ended).toBe(0);
    expect(await jobsLeft()).toEqual([{ locked_by: null }]);
    await withClient(database.url, (client) => client.query('DELETE FROM graphile_worker._private_jobs'));
  });

  test('ends at its limit, and its job is free for others soon', async () => {
    service = await startSlowService(database.url, { DRAIN_TIMEOUT_MS: '100' });
    await beginJob();

    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    service = await startSlowService(database.url);
    await service.told('job begun');
    service.goOn('job');
    await eventually(async () => expect(await jobsLeft()).toEqual([]));
  });

  test('ends at once when it is told twice', async () => {
    service = await startSlowService(database.url);
    const underWay = get('/slow').catch((error: NodeJS.ErrnoException) => error.code);
    await service.told('request begun');

    service.kill('SIGTERM');
    await service.told('jobs finished');
    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    expect(await underWay).toBe('ECONNRESET');
  });
});
