import { createDataSource, inTransaction, isConnectionLost } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';

const endsItself = 'SELECT pg_terminate_backend(pg_backend_pid())';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/**
 * Blocks the event loop like SIGSTOP, so that data from the database are read afterwards, together
 * with the response.
 */
function stopThisThread(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
}

const failures: Record<string, () => Promise<unknown>> = {
  'a statement whose connection is ended': () => dataSource.query(endsItself),
  'the next statement of a transaction whose connection was ended': () =>
    inTransaction(dataSource, async (transaction) => {
      await failureOf(transaction.query(endsItself));
      await transaction.query('SELECT 1');
    }),
  'the next statement of a transaction whose process was stopped for too long': () =>
    inTransaction(dataSource, async (transaction) => {
      await transaction.query(`SET LOCAL idle_in_transaction_session_timeout = '1ms'`);
      stopThisThread();
      await transaction.query('SELECT 1');
    }),
  'a closed port': () =>
    createDataSource({ url: 'postgres://user@127.0.0.1:1/none', service: 'test' }).initialize(),
};

test.each(Object.keys(failures))('%s is a lost connection', async (name) => {
  expect(isConnectionLost(await failureOf(failures[name]!()))).toBe(true);
});

test('an invalid statement is not a lost connection', async () => {
  expect(isConnectionLost(await failureOf(dataSource.query('SELECT nothing')))).toBe(false);
});
