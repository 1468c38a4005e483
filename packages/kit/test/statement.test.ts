import { createDataSource, inTransaction, query, statement } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test', poolSize: 2 }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const pid = statement('Test.pid', 'SELECT pg_backend_pid() AS pid');
const fail = statement('Test.fail', 'SELECT 1 / $1::int AS result');
const end = statement('Test.end', 'SELECT pg_terminate_backend(pg_backend_pid())');

const pidOf = async () => (await query<{ pid: number }>(dataSource, pid))[0]?.pid;

describe('query', () => {
  test('keeps the connection after an error of the statement', async () => {
    const before = await pidOf();
    await expect(query(dataSource, fail, [0])).rejects.toMatchObject({ code: '22012' });
    expect(await pidOf()).toBe(before);
  });

  test('replaces a lost connection, and the process continues', async () => {
    const before = await pidOf();
    await expect(query(dataSource, end)).rejects.toThrow();
    expect(await pidOf()).not.toBe(before);
  });

  test('succeeds after ALTER TABLE has changed a returned column', async () => {
    await dataSource.query('CREATE TABLE numbers (n integer); INSERT INTO numbers VALUES (1)');
    const find = statement('Test.find', 'SELECT n FROM numbers');
    await query(dataSource, find);
    await dataSource.query('ALTER TABLE numbers ALTER COLUMN n TYPE text');

    expect(await query(dataSource, find)).toEqual([{ n: '1' }]);
  });

  test('succeeds after the prepared statements of the connection were dropped', async () => {
    await query(dataSource, pid);
    await dataSource.query('DEALLOCATE ALL');

    expect(await query(dataSource, pid)).toHaveLength(1);
  });

  test('replaces a connection that became read-only', async () => {
    await dataSource.query('CREATE TABLE written (id integer)');
    const write = statement('Test.write', 'INSERT INTO written VALUES (1)');
    const before = await pidOf();
    await dataSource.query('SET default_transaction_read_only = on');

    await expect(query(dataSource, write)).rejects.toMatchObject({ code: '25006' });
    await query(dataSource, write);
    expect(await pidOf()).not.toBe(before);
  });

  test('runs in the given transaction', async () => {
    const changed = inTransaction(dataSource, async (transaction) => {
      await query(transaction, statement('Test.create', 'CREATE TABLE in_transaction (id integer)'));
      throw new Error('rolled back');
    });
    await expect(changed).rejects.toThrow('rolled back');
    expect(await dataSource.query(`SELECT to_regclass('in_transaction') AS found`)).toEqual([
      { found: null },
    ]);
  });

  test('prepares a statement once per connection', async () => {
    await query(dataSource, pid);
    await query(dataSource, pid);
    expect(
      await dataSource.query(`SELECT statement FROM pg_prepared_statements WHERE name = 'Test.pid'`),
    ).toEqual([{ statement: pid.text }]);
  });

  test('rejects a name that PostgreSQL would truncate', () => {
    expect(() => statement('x'.repeat(64), 'SELECT 1')).toThrow('at most 63');
  });
});
