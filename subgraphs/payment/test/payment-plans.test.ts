import { createDataSource } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { countUndecidedPayments } from '../src/operations/undecided-payments.repository';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
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
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('shop_payments_undecided, shop_refunds_… and shop_webhooks_unprocessed', () => {
  it.each([
    ['before the first ANALYZE', 'SELECT'],
    ['after it', 'ANALYZE payments, webhooks, refunds'],
  ])('read what is open and no history, %s', async (_when, prepare) => {
    await dataSource.query(prepare);
    const lines: string[] = [];
    const explaining = {
      async query(sql: string) {
        const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`);
        lines.push(...plan.map((line) => line['QUERY PLAN']));
        return [{}];
      },
    };
    await countUndecidedPayments(explaining as unknown as DataSource);
    const plan = lines.join('\n');
    expect(plan).toContain('payments_undecided');
    expect(plan).toContain('webhooks_received_at_idx1');
    expect(plan).toContain('refunds_pending');
    expect(plan).toContain('refunds_failed');
    expect(plan).not.toContain('Seq Scan');
  });
});
