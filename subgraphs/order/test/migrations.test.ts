import { createDataSource, runMigrations } from '@shop/kit/database';
import { cloneDatabase, failingAt, type TestDatabase } from '@shop/testkit/database';
import type { DataSource, MigrationInterface } from 'typeorm';
import { orderDatabase } from '../src/data-source';
import { IndexOpenOrders1795430000000 } from '../src/migrations/1795430000000-index-open-orders';
import { ReadOrdersByIndex1795700000000 } from '../src/migrations/1795700000000-read-orders-by-index';
import { WorkInRows1795900000000 } from '../src/migrations/1795900000000-work-in-rows';
import { IndexDueOrders1795900000002 } from '../src/migrations/1795900000002-index-due-orders';

let database: TestDatabase;
let dataSource: DataSource;
beforeEach(async () => {
  database = await cloneDatabase('order');
  const options = { url: database.url, service: 'test', statementTimeoutMs: 0 };
  dataSource = await createDataSource(options).initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const indexes = () =>
  dataSource.query<{ oid: number; name: string; valid: boolean }[]>(
    `SELECT indexrelid::oid AS oid, indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
      WHERE indrelid = 'orders'::regclass ORDER BY name`,
  );
const namesOf = async () => (await indexes()).map(({ name, valid }) => ({ name, valid }));

describe('The migrations of the order database', () => {
  it('run once when two processes migrate an empty database concurrently', async () => {
    await dataSource.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const migrate = () => runMigrations({ ...orderDatabase, url: database.url });
    const ran = await Promise.all([migrate(), migrate()]);
    expect(ran.flat()).toEqual(orderDatabase.migrations.map(({ name }) => name));
  });

  it.each<[string, new () => MigrationInterface]>([
    ['orders_open_of_customer', IndexOpenOrders1795430000000],
    ['indexes of the lists', ReadOrdersByIndex1795700000000],
    ['index of due orders', IndexDueOrders1795900000002],
  ])('of the %s can be rerun after a failure at any statement', async (_what, Migration) => {
    const runner = dataSource.createQueryRunner();
    // Later migrations have dropped some of the older indexes.
    await new Migration().up(runner);
    const wanted = await namesOf();
    try {
      for (let failure = 0, failed = true; failed; failure += 1) {
        await new Migration().down(runner);
        failed = await new Migration().up(failingAt(runner, failure)).then(
          () => false,
          () => true,
        );
        const kept = (await indexes()).filter(({ name, valid }) => {
          return valid && wanted.some((index) => index.name === name);
        });
        await new Migration().up(runner);
        expect(await namesOf()).toEqual(wanted);
        expect(await indexes()).toEqual(expect.arrayContaining(kept));
      }
    } finally {
      await runner.release();
    }
  });

  it.each([
    ['RESERVING', 'now'],
    ['ABANDONING', 'now'],
    ['AWAITING_PAYMENT', 'when it expires'],
    ['PAYING', 'now'],
    ['COMMITTING', 'now'],
    ['SETTLED', 'never'],
    ['REFUNDING', 'now'],
    ['RELEASING', 'now'],
    ['CLOSED', 'never'],
  ])('make an order at %s due %s', async (step, due) => {
    const runner = dataSource.createQueryRunner();
    try {
      await new IndexDueOrders1795900000002().down(runner);
      await new WorkInRows1795900000000().down(runner);
      await runner.query(insertOrder, [step]);
      await new WorkInRows1795900000000().up(runner);
      await new IndexDueOrders1795900000002().up(runner);
      const [order] = (await runner.query(
        `SELECT CASE WHEN due_at IS NULL THEN 'never' WHEN due_at <= now() THEN 'now'
                     WHEN due_at = expires_at THEN 'when it expires' END AS due, version, due_tries AS tries
           FROM orders`,
      )) as unknown[];
      expect(order).toEqual({ due, version: 0, tries: 0 });
    } finally {
      await runner.release();
    }
  });
});

/** An order as stored by an earlier version. */
const insertOrder = `
  WITH given AS (SELECT $1::text AS step, $1 IN ('RESERVING', 'ABANDONING') AS is_draft)
  INSERT INTO orders (user_id, step, attempt, payment_id, cancel_reason, draft_lines, currency, total_cents, expires_at)
  SELECT uuidv7(), step, CASE WHEN is_draft THEN 0 ELSE 1 END, CASE WHEN NOT is_draft THEN uuidv7() END,
         CASE WHEN step IN ('REFUNDING', 'RELEASING', 'CLOSED') THEN 'CUSTOMER' END,
         CASE WHEN is_draft THEN '[]'::jsonb END, CASE WHEN NOT is_draft THEN 'EUR' END,
         CASE WHEN NOT is_draft THEN 1 END, CASE WHEN NOT is_draft THEN now() + interval '5 minutes' END
    FROM given`;
