import { createDataSource } from '@shop/kit/database';
import type { Snapshot } from '@shop/kit/operator';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource, QueryRunner } from 'typeorm';
import { MakeRowsDue1795900000010 } from '../src/migrations/1795900000010-make-rows-due';
import { IndexDueRows1795900000011 } from '../src/migrations/1795900000011-index-due-rows';
import { countUndecidedPayments } from '../src/operations/payment-metrics.repository';
import { changedPayments, webhookRecords } from '../src/operations/state-export';
import { findUnconfiguredProviders } from '../src/operations/waiting-providers.repository';
import { PaymentRepository } from '../src/payment/payment.repository';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  await withRunner(async (runner) => {
    await new IndexDueRows1795900000011().down(runner);
    await new MakeRowsDue1795900000010().down(runner);
  });
  await dataSource.query(
    `INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, status, sent, provider, provider_key)
     SELECT uuidv7(), 1, uuidv7(), 1, 'EUR', 'SUCCEEDED', true, 'simulator', n FROM generate_series(1, 20000) AS n`,
  );
  await dataSource.query(
    `INSERT INTO refunds (payment_id, provider_key, status) SELECT id, provider_key, 'SUCCEEDED' FROM payments`,
  );
  await dataSource.query(
    `INSERT INTO webhooks (provider, id, type, body, occurred_at, outcome, processed_at)
     SELECT 'simulator', n, 'charge.succeeded', '', now(), 'inquired', now() FROM generate_series(1, 20000) AS n`,
  );
  await dataSource.query('ANALYZE');
  await withRunner(async (runner) => {
    await new MakeRowsDue1795900000010().up(runner);
    await new IndexDueRows1795900000011().up(runner);
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function withRunner(work: (runner: QueryRunner) => Promise<void>) {
  const runner = dataSource.createQueryRunner();
  await work(runner).finally(() => runner.release());
}

/** The plans of the statements that `read` executes. */
async function plansOf(read: (explaining: DataSource & Snapshot) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const explain = async (sql: string, values: unknown[] = []) => {
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, values);
    lines.push(...plan.map((line) => line['QUERY PLAN']));
    return [{}];
  };
  const explaining = {
    query: explain,
    async *rows(sql: string, values: unknown[]) {
      yield* await explain(sql, values);
    },
  };
  await read(explaining as unknown as DataSource & Snapshot);
  return lines.join('\n');
}

const all = async (rows: AsyncIterable<unknown>) => {
  for await (const _row of rows);
};

describe.each([
  ['After the upgrade of a large database', 'SELECT'],
  ['After ANALYZE', 'ANALYZE payments, webhooks, refunds'],
])('%s, only open rows are scanned for:', (_when, prepare) => {
  beforeAll(() => dataSource.query(prepare));

  it.each<[string, string[], (explaining: DataSource & Snapshot) => Promise<unknown>]>([
    [
      'the metrics of undecided payments, pending and failed refunds, and unprocessed webhooks',
      ['payments_due', 'webhooks_due', 'refunds_due', 'refunds_failed'],
      countUndecidedPayments,
    ],
    [
      'the metrics of providers that are not configured',
      ['payments_due', 'refunds_due'],
      findUnconfiguredProviders,
    ],
    [
      'the changes for incremental reconciliation',
      ['payments_due', 'payments_changed', 'refunds_due', 'refunds_failed', 'refunds_changed'],
      (explaining) => all(changedPayments(explaining, new Date(Date.now() + 60_000))),
    ],
    ['the webhooks for reconciliation', ['webhooks_due'], (explaining) => all(webhookRecords(explaining))],
    [
      'the list of undecided payments',
      ['payments_due'],
      (explaining) =>
        new PaymentRepository(explaining).list({ isUndecided: true, provider: null, orderId: null }, 100),
    ],
  ])('%s', async (_what, indexes, read) => {
    const plan = await plansOf(read);
    for (const index of indexes) expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (payments|refunds|webhooks)/);
  });
});
