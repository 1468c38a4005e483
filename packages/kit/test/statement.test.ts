import { createDataSource, inTransaction, query, statement } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { measurePool } from '../src/database/pool-metrics';
import { exposition } from '../src/metrics/exposition';

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

  test('records the duration of a statement by its name and outcome', async () => {
    const countOf = async (outcome: string, name = 'Test.measured') => {
      const metric = 'db_client_operation_duration_seconds_count';
      const { text } = await exposition();
      return Number(
        new RegExp(`^${metric}\\{statement="${name}",outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1],
      );
    };
    const measured = statement('Test.measured', 'SELECT 1 / $1::int AS result');
    await query(dataSource, measured, [1]);
    await inTransaction(dataSource, (transaction) => query(transaction, measured, [1]));
    await expect(query(dataSource, measured, [0])).rejects.toThrow();
    expect([await countOf('ok'), await countOf('error')]).toEqual([2, 1]);
    expect(await countOf('ok', 'COMMIT')).toBeGreaterThan(0);
  });

  test('takes a connection of the pool, which is counted by its state', async () => {
    const states = async () => {
      const { text } = await exposition();
      const count = (state: string) =>
        Number(new RegExp(`^db_pool_connections\\{state="${state}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
      return { inUse: count('in_use'), waiting: count('waiting') };
    };
    measurePool(dataSource);
    const held = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    for (const runner of held) await runner.connect();
    const waiting = pidOf();
    expect(await states()).toEqual({ inUse: 2, waiting: 1 });
    for (const runner of held) await runner.release();
    await waiting;
    expect(await states()).toEqual({ inUse: 0, waiting: 0 });
  });

  test('prepares a statement once per connection', async () => {
    await query(dataSource, pid);
    await query(dataSource, pid);
    expect(
      await dataSource.query(`SELECT statement FROM pg_prepared_statements WHERE name = 'Test.pid'`),
    ).toEqual([{ statement: pid.text }]);
  });

  describe('when a connection is stale', () => {
    let single: DataSource;
    beforeEach(async () => {
      const options = { url: database.url, service: 'test', poolSize: 1 };
      single = await createDataSource(options).initialize();
      await single.query('CREATE TABLE stale (id integer)');
    });
    afterEach(async () => {
      await single.query('DROP TABLE stale');
      await single.destroy();
    });

    const read = statement('Test.read', 'SELECT * FROM stale');
    const insert = statement('Test.insert', 'INSERT INTO stale (id) VALUES (1) RETURNING id');
    const addColumn = () => single.query('ALTER TABLE stale ADD COLUMN added integer');
    const singlePid = async () => (await query<{ pid: number }>(single, pid))[0]?.pid;

    test('repeats a statement whose result type has changed, and closes the connection', async () => {
      await query(single, insert);
      expect(await query(single, read)).toEqual([{ id: 1 }]);
      const before = await singlePid();
      await addColumn();
      expect(await query(single, read)).toEqual([{ id: 1, added: null }]);
      expect(await singlePid()).not.toBe(before);
    });

    test('repeats a statement that the server no longer has, and closes the connection', async () => {
      const before = await singlePid();
      await single.query('DEALLOCATE ALL');
      expect(await singlePid()).not.toBe(before);
    });

    test('closes a connection in whose transaction a plan was stale, and rolls back', async () => {
      await query(single, read);
      const before = await singlePid();
      await addColumn();
      const changed = inTransaction(single, async (transaction) => {
        await query(transaction, insert);
        return query(transaction, read);
      });
      await expect(changed).rejects.toMatchObject({ code: '0A000' });
      expect(await query(single, read)).toEqual([]);
      expect(await singlePid()).not.toBe(before);
    });

    test.each([
      ['a statement', () => query(single, insert)],
      ['a transaction', () => inTransaction(single, (transaction) => query(transaction, insert))],
    ])('closes a read-only connection after %s', async (_where, write) => {
      const before = await singlePid();
      await single.query('SET default_transaction_read_only = on');
      await expect(write()).rejects.toMatchObject({ code: '25006' });
      expect(await singlePid()).not.toBe(before);
      expect(await write()).toEqual([{ id: 1 }]);
    });
  });

  test('rejects a name that PostgreSQL would truncate', () => {
    expect(() => statement('x'.repeat(64), 'SELECT 1')).toThrow('at most 63');
  });
});
