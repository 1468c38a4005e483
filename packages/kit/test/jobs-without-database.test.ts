import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { createLogger } from '@shop/kit/logger';
import { startJobs } from '@shop/kit/jobs';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';

const logger = createLogger({ service: 'test' });
logger.silent = true;

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase('order');
});
afterAll(() => database.drop());

/** A way to the database that can be cut and mended; `refused` counts who came while it was cut. */
async function openWay(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const way = { url: '', isCut: false, refused: 0 };
  const server = createServer((client) => {
    if (way.isCut) {
      way.refused += 1;
      client.destroy();
      return;
    }
    const there = connect(Number(target.port), target.hostname);
    for (const socket of [client, there]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(there).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  way.url = through.href;
  return Object.assign(way, {
    cut() {
      way.isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    close: () => server.close(),
  });
}

test.each([
  ['done', () => undefined],
  ['failed', () => Promise.reject(new Error('failed'))],
])(
  'A job that is %s while the database is away is told so when it is back',
  async (how, end) => {
    const way = await openWay(database.url);
    let runs = 0;
    const runner = await startJobs({
      databaseUrl: way.url,
      logger,
      tasks: {
        cutting: () => {
          runs += 1;
          if (runs > 1) return Promise.resolve();
          way.cut();
          return Promise.resolve(end());
        },
      },
    });
    await withClient(database.url, (client) => client.query("SELECT graphile_worker.add_job('cutting')"));
    // The job's own end comes among the first.
    await eventually(() => expect(way.refused).toBeGreaterThan(5));
    way.isCut = false;

    await eventually(
      async () =>
        expect(
          await withClient(
            database.url,
            async (client) => (await client.query('SELECT FROM graphile_worker.jobs')).rows,
          ),
        ).toEqual([]),
      { timeoutMs: 25_000 },
    );
    expect(runs).toBe(how === 'done' ? 1 : 2);
    await runner.stop();
    way.close();
  },
  60_000,
);
