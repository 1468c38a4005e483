import { createDataSource } from '@shop/kit/database';
import { cloneDatabase, failingAt, type TestDatabase } from '@shop/testkit/database';
import type { DataSource, MigrationInterface } from 'typeorm';
import { SimulateRefundStates1795800000011 } from '../src/migrations/1795800000011-simulate-refund-states';
import { TrackRefunds1795800000010 } from '../src/migrations/1795800000010-track-refunds';

let database: TestDatabase;
let dataSource: DataSource;
beforeEach(async () => {
  database = await cloneDatabase('payment');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Columns, constraints and indexes of both refund tables. */
const schemaOf = () =>
  dataSource.query<unknown[]>(
    `SELECT attrelid::regclass::text || '.' || attname || ' ' || format_type(atttypid, atttypmod) ||
            coalesce(' ' || (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                              WHERE adrelid = attrelid AND adnum = attnum), '') AS item
       FROM pg_attribute
      WHERE attrelid IN ('refunds'::regclass, 'simulator.refunds'::regclass) AND attnum > 0 AND NOT attisdropped
     UNION
     SELECT conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint
      WHERE conrelid IN ('refunds'::regclass, 'simulator.refunds'::regclass)
     UNION
     SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
      WHERE indrelid IN ('refunds'::regclass, 'simulator.refunds'::regclass)
     ORDER BY item`,
  );

describe('The migrations of refunds', () => {
  it.each<[string, new () => MigrationInterface]>([
    ['refunds', TrackRefunds1795800000010],
    ['simulator.refunds', SimulateRefundStates1795800000011],
  ])('of the table %s can run again after a failure at any statement', async (_table, Migration) => {
    const runner = dataSource.createQueryRunner();
    const wanted = await schemaOf();
    try {
      for (let failure = 0, failed = true; failed; failure += 1) {
        await new Migration().down(runner);
        failed = await new Migration().up(failingAt(runner, failure)).then(
          () => false,
          () => true,
        );
        await new Migration().up(runner);
        expect(await schemaOf()).toEqual(wanted);
      }
    } finally {
      await runner.release();
    }
  });

  it('set a succeeded refund to revision 2, and schedule a pending one now', async () => {
    const runner = dataSource.createQueryRunner();
    try {
      await new TrackRefunds1795800000010().down(runner);
      await dataSource.query(
        `WITH payment AS (
           INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, status, sent, provider, provider_key)
           SELECT uuidv7(), 1, uuidv7(), 1, 'EUR', 'SUCCEEDED', true, 'simulator', status
             FROM unnest(ARRAY['SUCCEEDED', 'PENDING']) AS status
           RETURNING id, provider_key
         )
         INSERT INTO refunds (payment_id, provider_key, status) SELECT id, 'refund:' || id, provider_key FROM payment`,
      );
      await new TrackRefunds1795800000010().up(runner);
    } finally {
      await runner.release();
    }
    const rows = await dataSource.query<unknown[]>(
      `SELECT status, revision, round, tries, next_try_at <= now() AS "isDue" FROM refunds ORDER BY status`,
    );
    expect(rows).toEqual([
      { status: 'PENDING', revision: 2, round: 1, tries: 0, isDue: true },
      { status: 'SUCCEEDED', revision: 2, round: 1, tries: 0, isDue: true },
    ]);
  });
});
