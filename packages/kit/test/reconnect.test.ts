import {
  connectWithRetry,
  createDataSource,
  inTransaction,
  isConnectionLost,
  isDatabaseBusy,
} from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';

const poolSize = 2;

let database: TestDatabase;
let network: TcpProxy;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('order');
  const url = new URL(database.url);
  network = await startTcpProxy({ targets: [`http://${url.host}`] });
  url.port = String(network.port);
  dataSource = createDataSource({ url: url.href, service: 'test', poolSize, statementTimeoutMs: 500 });
});
afterAll(async () => {
  await dataSource.destroy();
  await network.close();
  await database.drop();
});

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('A service that starts before its database connects as soon as it is available', async () => {
  network.refuse();
  const connected = connectWithRetry(dataSource);
  expect(await failureOf(dataSource.query('SELECT 1'))).toBeDefined();

  network.heal();

  expect((await connected).isInitialized).toBe(true);
});

test('A statement that exceeds its time limit is cancelled, and isDatabaseBusy is true', async () => {
  expect(isDatabaseBusy(await failureOf(dataSource.query('SELECT pg_sleep(30)')))).toBe(true);
});

test('A request waits for a connection of the pool up to a time limit', async () => {
  const held = Promise.withResolvers<void>();
  let holders = 0;
  const transactions = Array.from({ length: poolSize }, () =>
    inTransaction(dataSource, async (transaction) => {
      await transaction.query('SELECT 1');
      holders += 1;
      await held.promise;
    }),
  );
  await eventually(() => expect(holders).toBe(poolSize));

  expect(isConnectionLost(await failureOf(dataSource.query('SELECT 1')))).toBe(true);

  held.resolve();
  await Promise.all(transactions);
  expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('A connection without a response is destroyed, with its transaction', async () => {
  const unanswered = inTransaction(dataSource, async (transaction) => {
    await transaction.query('SELECT 1');
    network.hang();
    await transaction.query('SELECT 2');
  });

  expect(isConnectionLost(await failureOf(unanswered))).toBe(true);

  network.heal();
  const states = () =>
    dataSource.query<{ state: string }[]>(
      'SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  await eventually(async () => expect(JSON.stringify(await states())).not.toContain('in transaction'));
});
