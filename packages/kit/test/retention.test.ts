import { createDataSource } from '@shop/kit/database';
import { createLogger } from '@shop/kit/logger';
import { type Retention, type RetentionRule, startRetention } from '@shop/kit/retention';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';

const logger = createLogger({ service: 'test' });
logger.silent = true;

let database: TestDatabase;
let dataSource: DataSource;
const running: Retention[] = [];
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  await dataSource.query('CREATE TABLE notes (id integer, is_open boolean, created_at timestamptz NOT NULL)');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((retention) => retention.stop()));
  await dataSource.query('TRUNCATE notes');
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const hourMs = 3_600_000;
const rule: RetentionRule = {
  ...{ table: 'notes', ageColumn: 'created_at', where: 'NOT is_open', retentionMs: 2 * hourMs },
};

function start(): Retention {
  const retention = startRetention({ dataSource, rules: [rule], logger, intervalMs: 50 });
  running.push(retention);
  return retention;
}

const insert = (count: number, age: string, isOpen = false) =>
  dataSource.query(
    `INSERT INTO notes SELECT number, $3, now() - $2::interval FROM generate_series(1, $1) AS number`,
    [count, age, isOpen],
  );

async function countRows(): Promise<number> {
  const [row] = await dataSource.query<[{ rows: number }]>('SELECT count(*)::int AS rows FROM notes');
  return row.rows;
}

describe('Retention', () => {
  it('deletes rows that are old enough, in several batches, and keeps younger and open ones', async () => {
    await insert(2_500, '3 hours');
    await insert(5, '1 hour');
    await insert(7, '3 hours', true);
    start();
    await eventually(async () => expect(await countRows()).toBe(12));
  });

  it('is shared by several processes', async () => {
    await insert(3_000, '3 hours');
    start();
    start();
    await eventually(async () => expect(await countRows()).toBe(0));
  });

  it('keeps a row that a transaction has locked, and deletes it when the transaction has ended', async () => {
    await insert(3, '3 hours');
    await withClient(database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM notes WHERE id = 2 FOR UPDATE');
      start();
      await eventually(async () => expect(await countRows()).toBe(1));
      await client.query('COMMIT');
      await eventually(async () => expect(await countRows()).toBe(0));
    });
  });

  it('deletes nothing after it has been stopped', async () => {
    await start().stop();
    await insert(3, '3 hours');
    const other = startRetention({
      ...{ dataSource, logger, intervalMs: 50 },
      // A separate table name, because it names the prepared statement.
      rules: [{ ...rule, table: 'public.notes', where: 'id = 1' }],
    });
    await eventually(async () => expect(await countRows()).toBe(2));
    await other.stop();
    expect(await countRows()).toBe(2);
  });
});
