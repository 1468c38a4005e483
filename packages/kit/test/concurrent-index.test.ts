import { createDataSource, createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource, QueryRunner } from 'typeorm';

let database: TestDatabase;
let dataSource: DataSource;
let runner: QueryRunner;
beforeAll(async () => {
  database = await cloneDatabase('order');
  const options = { url: database.url, service: 'test', statementTimeoutMs: 0 };
  dataSource = await createDataSource(options).initialize();
  runner = dataSource.createQueryRunner();
});
beforeEach(() => dataSource.query('DROP TABLE IF EXISTS things; CREATE TABLE things (a int, b text)'));
afterAll(async () => {
  await runner.release();
  await dataSource.destroy();
  await database.drop();
});

const definition = `ON things (a DESC NULLS LAST) WHERE b IN ('x', 'y')`;

async function thingsIndex() {
  const [index] = await dataSource.query<{ oid: number; valid: boolean; unique: boolean; text: string }[]>(
    `SELECT indexrelid::oid AS oid, indisvalid AS valid, indisunique AS unique, pg_get_indexdef(indexrelid) AS text
       FROM pg_index WHERE indexrelid = to_regclass('things_index')`,
  );
  return index;
}

describe('createIndexConcurrently', () => {
  it('keeps a valid index that has the same definition', async () => {
    await createIndexConcurrently(runner, 'things_index', definition);
    const before = await thingsIndex();
    await createIndexConcurrently(runner, 'things_index', definition);
    expect(await thingsIndex()).toEqual(before);
  });

  it.each([
    ['other columns', 'ON things (b)', {}, 'USING btree (b)'],
    ['another condition', `ON things (a DESC NULLS LAST) WHERE b IN ('x')`, {}, "(b = 'x'::text)"],
    ['uniqueness', definition, { unique: true }, 'CREATE UNIQUE'],
  ])('replaces a valid index if %s is required', async (_what, wanted, options, expected) => {
    await createIndexConcurrently(runner, 'things_index', definition);
    await createIndexConcurrently(runner, 'things_index', wanted, options);
    expect((await thingsIndex())?.text).toContain(expected);
  });

  it('builds an index again that a failed attempt left invalid', async () => {
    await dataSource.query(`INSERT INTO things VALUES (1, 'x'), (1, 'x')`);
    const create = () => createIndexConcurrently(runner, 'things_index', definition, { unique: true });
    await expect(create()).rejects.toThrow('could not create unique index');
    expect(await thingsIndex()).toMatchObject({ valid: false });
    await dataSource.query('DELETE FROM things');
    await create();
    expect(await thingsIndex()).toMatchObject({ valid: true, unique: true });
  });

  it('restores lock_timeout after a failure', async () => {
    const lockTimeout = () => runner.query('SHOW lock_timeout');
    const before = await lockTimeout();
    await expect(createIndexConcurrently(runner, 'things_index', 'ON things (nothing)')).rejects.toThrow();
    expect(await lockTimeout()).toEqual(before);
  });
});

describe('dropIndexConcurrently', () => {
  it('waits for an open transaction for longer than lock_timeout', async () => {
    await createIndexConcurrently(runner, 'things_index', definition);
    const withLockTimeout = createDataSource({
      url: database.url,
      service: 'lock-timeout',
      statementTimeoutMs: 0,
    });
    withLockTimeout.setOptions({ extra: { lock_timeout: 1 } });
    await withLockTimeout.initialize();
    const migrating = withLockTimeout.createQueryRunner();
    await runner.startTransaction();
    try {
      await runner.query('INSERT INTO things VALUES (1)');
      const dropped = dropIndexConcurrently(migrating, 'things_index');
      dropped.catch(() => undefined);
      await eventually(async () => {
        const waiting = await dataSource.query<unknown[]>(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'DROP INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'
              AND clock_timestamp() - query_start > interval '50 ms'`,
        );
        expect(waiting).toHaveLength(1);
      });
      await runner.commitTransaction();
      await dropped;
    } finally {
      await migrating.release();
      await withLockTimeout.destroy();
    }
    expect(await thingsIndex()).toBeUndefined();
  });
});
