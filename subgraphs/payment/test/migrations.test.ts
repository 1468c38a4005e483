import { createDataSource } from '@shop/kit/database';
import { cloneDatabase, failingAt, type TestDatabase } from '@shop/testkit/database';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { IndexDueRows1795900000011 } from '../src/migrations/1795900000011-index-due-rows';
import { MakeRowsDue1795900000010 } from '../src/migrations/1795900000010-make-rows-due';
import { SimulateRefundStates1795800000011 } from '../src/migrations/1795800000011-simulate-refund-states';
import { TrackRefunds1795800000010 } from '../src/migrations/1795800000010-track-refunds';

let database: TestDatabase;
let dataSource: DataSource;
let runner: QueryRunner;
beforeEach(async () => {
  database = await cloneDatabase('payment');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  runner = dataSource.createQueryRunner();
});
afterEach(async () => {
  await runner.release();
  await dataSource.destroy();
  await database.drop();
});

const tables = ['payments', 'refunds', 'webhooks', 'settlements', 'simulator.refunds'];

/** The columns, constraints and indexes of the tables. */
const schemaOf = () =>
  dataSource.query<unknown[]>(
    `SELECT attrelid::regclass::text || '.' || attname || ' ' || format_type(atttypid, atttypmod) ||
            coalesce(' ' || (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                              WHERE adrelid = attrelid AND adnum = attnum), '') AS item
       FROM pg_attribute
      WHERE attrelid = ANY ($1::regclass[]) AND attnum > 0 AND NOT attisdropped
     UNION
     SELECT conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint
      WHERE conrelid = ANY ($1::regclass[])
     UNION
     SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
      WHERE indrelid = ANY ($1::regclass[])
     ORDER BY item`,
    [tables],
  );

/** The schema before the migration to due rows. */
async function undoDueRows() {
  await new IndexDueRows1795900000011().down(runner);
  await new MakeRowsDue1795900000010().down(runner);
}

async function expectRepeatable(Migration: new () => MigrationInterface) {
  const expected = await schemaOf();
  for (let failure = 0, failed = true; failed; failure += 1) {
    await new Migration().down(runner);
    failed = await new Migration().up(failingAt(runner, failure)).then(
      () => false,
      () => true,
    );
    await new Migration().up(runner);
    expect(await schemaOf()).toEqual(expected);
  }
}

describe('The migrations of refunds', () => {
  beforeEach(undoDueRows);

  it.each<[string, new () => MigrationInterface]>([
    ['refunds', TrackRefunds1795800000010],
    ['simulator.refunds', SimulateRefundStates1795800000011],
  ])('of the table %s can be rerun after a failure at any statement', (_table, Migration) =>
    expectRepeatable(Migration),
  );

  it('set a succeeded refund to revision 2, and schedule a pending one now', async () => {
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
    const rows = await dataSource.query<unknown[]>(
      `SELECT status, revision, round, tries, next_try_at <= now() AS "isDue" FROM refunds ORDER BY status`,
    );
    expect(rows).toEqual([
      { status: 'PENDING', revision: 2, round: 1, tries: 0, isDue: true },
      { status: 'SUCCEEDED', revision: 2, round: 1, tries: 0, isDue: true },
    ]);
  });
});

describe('The migrations to due rows', () => {
  it('can rebuild indexes and checks after a failure at any statement', () =>
    expectRepeatable(IndexDueRows1795900000011));

  /** The tables of the former job queue that the migration reads. */
  async function createJobs(jobs: readonly { task: string; payload: object; runIn?: string }[]) {
    await dataSource.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
    await dataSource.query('CREATE SCHEMA graphile_worker');
    await dataSource.query(
      'CREATE TABLE graphile_worker._private_tasks (id integer PRIMARY KEY, identifier text NOT NULL)',
    );
    await dataSource.query(
      `CREATE TABLE graphile_worker._private_jobs (
         id bigint GENERATED ALWAYS AS IDENTITY, task_id integer NOT NULL, payload json NOT NULL, run_at timestamptz NOT NULL)`,
    );
    for (const [id, { task, payload, runIn = '0' }] of jobs.entries()) {
      await dataSource.query('INSERT INTO graphile_worker._private_tasks VALUES ($1, $2)', [id, task]);
      await dataSource.query(
        `INSERT INTO graphile_worker._private_jobs (task_id, payload, run_at) VALUES ($1, $2, now() + $3::interval)`,
        [id, JSON.stringify(payload), runIn],
      );
    }
  }

  /** @returns the IDs of payments with these statuses */
  async function insertPayments(statuses: readonly string[]): Promise<string[]> {
    const rows = await dataSource.query<{ id: string }[]>(
      `INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, status, sent, failure_code, provider,
                             provider_key)
       SELECT uuidv7(), 1, uuidv7(), 1, 'EUR', status, true, CASE WHEN status = 'FAILED' THEN 'declined' END, 'simulator', n
         FROM unnest($1::text[]) WITH ORDINALITY AS expected (status, n) ORDER BY n
       RETURNING id`,
      [statuses],
    );
    return rows.map(({ id }) => id);
  }

  const insertRefunds = (rows: readonly [paymentId: string, status: string, nextTry: string | null][]) =>
    dataSource.query(
      `INSERT INTO refunds (payment_id, provider_key, status, failure_code, next_try_at)
       SELECT id, id, status, CASE WHEN status = 'FAILED' THEN 'declined' END, now() + next::interval
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, status, next)`,
      [0, 1, 2].map((column) => rows.map((row) => row[column])),
    );

  const dueOf = (table: string, order: string) =>
    dataSource.query<{ minutes: number | null; tries: number }[]>(
      `SELECT round(extract(epoch FROM due_at - now()) / 60)::int AS minutes, due_tries AS tries FROM ${table} ORDER BY ${order}`,
    );

  async function migrate() {
    await new MakeRowsDue1795900000010().up(runner);
    await new IndexDueRows1795900000011().up(runner);
  }

  const now = { minutes: 0, tries: 0 };
  const never = { minutes: null, tries: 0 };

  it('make unfinished payments, refunds and webhooks due, but no finished ones', async () => {
    await undoDueRows();
    await dataSource.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
    const statuses = ['PENDING', 'UNKNOWN', 'REQUIRES_ACTION', 'SUCCEEDED', 'FAILED', 'REFUNDED'];
    const [a, b, c, d] = (await insertPayments(statuses)) as [string, string, string, string];
    await insertRefunds([
      [a, 'PENDING', '0'],
      [b, 'PENDING', '30 minutes'],
      [c, 'SUCCEEDED', '0'],
      [d, 'FAILED', null],
    ]);
    await dataSource.query(
      `INSERT INTO webhooks (provider, id, type, body, occurred_at, outcome, processed_at)
       VALUES ('simulator', '1', 't', '', now(), NULL, NULL), ('simulator', '2', 't', '', now(), 'inquired', now())`,
    );

    await migrate();
    expect(await dueOf('payments', 'id')).toEqual([now, now, now, never, never, never]);
    expect(await dueOf('refunds', 'payment_id')).toEqual([now, { minutes: 30, tries: 0 }, never, never]);
    expect(await dueOf('webhooks', 'id')).toEqual([now, never]);
    expect(await dueOf('simulator.notices', 'id')).toEqual([]);
  });

  it("move key closings and the simulator's webhooks from the job queue, with due times and tries", async () => {
    await undoDueRows();
    const [open, closed] = await insertPayments(['FAILED', 'SUCCEEDED']);
    await dataSource.query(
      `INSERT INTO settlements (payment_id, settled_as, reason, asked_provider)
       VALUES ($1, 'FAILED', 'x', false), ($2, 'SUCCEEDED', 'x', false)`,
      [open, closed],
    );
    const notice = {
      ...{ id: 'sim_evt_1', type: 'charge.succeeded', key: 'key', created: 1_795_000_000, attempt: 3 },
      orderId: open,
    };
    await createJobs([
      { task: 'close-key-of-settled-payment', payload: { paymentId: open }, runIn: '20 minutes' },
      { task: 'send-simulator-notice', payload: notice, runIn: '10 minutes' },
      { task: 'settle-payment', payload: { paymentId: open } },
      { task: 'publish-event', payload: { id: open } },
    ]);

    await migrate();
    expect(await dueOf('settlements', 'payment_id')).toEqual([{ minutes: 20, tries: 0 }, never]);
    expect(await dueOf('simulator.notices', 'id')).toEqual([{ minutes: 10, tries: 2 }]);
    const stored = await dataSource.query<unknown[]>(
      `SELECT notice_id AS id, type, key, created::int, order_id AS "orderId", sent_at AS sent FROM simulator.notices`,
    );
    const { attempt: _attempt, ...kept } = notice;
    expect(stored).toEqual([{ ...kept, sent: null }]);
  });
});
