import { createDataSource } from '@shop/kit/database';
import type { Snapshot } from '@shop/kit/operator';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { changedOrders, countUndecidedOrders } from '../src/operations/order-state.repository';
import { OrderPageRepository } from '../src/order/persistence/order-page.repository';

const customer = '00000000-0000-7000-8000-000000000001';
const cursor = ['ffffffff-0000-7000-8000-000000000000'];

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  await dataSource.query(
    `INSERT INTO orders (user_id, step, attempt, payment_id, cancel_reason, currency, total_cents, expires_at, moved_at)
     SELECT uuidv7(), CASE n % 2 WHEN 0 THEN 'SETTLED' ELSE 'CLOSED' END, 1, uuidv7(),
            CASE n % 2 WHEN 1 THEN 'CUSTOMER' END, 'EUR', 1, now(), now() - interval '1 day'
       FROM generate_series(1, 20000) AS n`,
  );
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The plan of the statement that `read` executes, with its parameters. */
async function planOf(read: (explaining: DataSource) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const explain = async (sql: string, parameters?: unknown[]) => {
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, parameters);
    lines.push(...plan.map((line) => line['QUERY PLAN']));
    return [{}];
  };
  const connection = {
    query: async ({ text, values }: { text: string; values: unknown[] }) => ({
      rows: await explain(text, values),
    }),
  };
  // For statements that are sent through TypeORM, and for those of kit's `query`.
  const explaining = { query: explain, queryRunner: { connect: () => Promise.resolve(connection) } };
  await read(explaining as unknown as DataSource);
  return lines.join('\n');
}

// Wrong statistics for 20,000 customers with one order each.
describe.each([
  ['are right', 'ALTER TABLE orders ALTER user_id RESET (n_distinct), ALTER status RESET (n_distinct)'],
  ['say that one customer has every order', 'ALTER TABLE orders ALTER user_id SET (n_distinct = 1)'],
  ['say that each order has a status of its own', 'ALTER TABLE orders ALTER status SET (n_distinct = -1)'],
])('A page of orders, while the statistics %s,', (_statistics, mislead) => {
  beforeAll(async () => {
    await dataSource.query(mislead);
    await dataSource.query('ANALYZE orders');
  });

  it.each([
    ['of a customer', { status: null }, 'orders_by_user'],
    ['of a customer, after a cursor', { status: null, after: cursor }, 'orders_by_user'],
    ['of a customer, backward', { status: null, backward: true, before: cursor }, 'orders_by_user'],
    ['of a customer with one status', { status: 'PENDING' }, 'orders_by_user'],
    ['of a customer with one status, backward', { status: 'CONFIRMED', backward: true }, 'orders_by_user'],
  ] as const)('%s scans only that customer, by the index', async (_what, page, index) => {
    const plan = await planOf((explaining) =>
      new OrderPageRepository(explaining).findOfUsers([customer], {
        limit: 20,
        backward: false,
        ...page,
      }),
    );
    expect(plan).toContain(index);
    expect(plan).toMatch(/Index Cond: .*user_id = /);
    expect(plan).not.toMatch(/orders_pkey|Seq Scan/);
  });

  it.each([
    ['with one status', { status: 'PENDING' }],
    ['with one status, backward', { status: 'PENDING', backward: true, before: cursor }],
  ] as const)('of all users %s scans only that status, by its index', async (_what, page) => {
    const plan = await planOf((explaining) =>
      new OrderPageRepository(explaining).findOfAllUsers({
        limit: 20,
        backward: false,
        ...page,
      }),
    );
    expect(plan).toContain('orders_by_status');
    expect(plan).not.toMatch(/orders_pkey|Seq Scan/);
  });
});

/** The scans of `orders` in a plan. */
const readsOf = (plan: string) => plan.split('\n').filter((line) => / on (orders|order)\b/.test(line));

/** The plan of the export of changed orders. */
async function planOfChanges(): Promise<string> {
  const snapshot = {
    async *rows(sql: string, parameters: unknown[]) {
      yield* await dataSource.query<object[]>(`EXPLAIN ${sql}`, parameters);
    },
  };
  const lines: string[] = [];
  for await (const line of changedOrders(snapshot as unknown as Snapshot, new Date()))
    lines.push((line as unknown as { 'QUERY PLAN': string })['QUERY PLAN']);
  return lines.join('\n');
}

describe('shop_orders_undecided', () => {
  it('scans no finished order', async () => {
    const reads = readsOf(await planOf((explaining) => countUndecidedOrders(explaining)));
    expect(reads).toEqual([expect.stringContaining('orders_due')]);
  });
});

describe('While there are thousands of open orders,', () => {
  beforeAll(async () => {
    await dataSource.query(
      `INSERT INTO orders (user_id, step, currency, total_cents, expires_at, due_at)
       SELECT uuidv7(), 'AWAITING_PAYMENT', 'EUR', 1, expires_at, expires_at
         FROM generate_series(1, 5000) AS n CROSS JOIN LATERAL (SELECT now() + (n - 20) * interval '1 minute') AS at (expires_at)`,
    );
    await dataSource.query(
      `INSERT INTO orders (user_id, step, draft_lines, due_at)
       SELECT uuidv7(), 'RESERVING', '[]', now() + interval '10 seconds' FROM generate_series(1, 500)`,
    );
    await dataSource.query(
      'ALTER TABLE orders ALTER user_id RESET (n_distinct), ALTER status RESET (n_distinct)',
    );
    await dataSource.query('VACUUM ANALYZE orders');
  });

  it('shop_orders_undecided scans the orders that are due within a minute, by their index', async () => {
    const plan = await planOf((explaining) => countUndecidedOrders(explaining));
    expect(plan).toMatch(/Index Cond: \(due_at <= /);
    expect(readsOf(plan).join()).not.toContain('Seq Scan');
  });

  it('a claim scans due orders by their index, without a sort', async () => {
    const plan = await planOf((explaining) =>
      explaining.query(
        'SELECT id FROM orders WHERE due_at <= now() ORDER BY due_at LIMIT 64 FOR UPDATE SKIP LOCKED',
      ),
    );
    expect(plan).toContain('Index Scan using orders_due');
    expect(plan).not.toContain('Sort');
  });

  it('changed orders are found by their indexes', async () => {
    const plan = await planOfChanges();
    expect(plan).toContain('orders_moved_range');
    expect(plan).not.toContain('Seq Scan');
  });

  it('opening a draft scans only the open orders of its customer, also with the generic plan', async () => {
    const runner = dataSource.createQueryRunner();
    const open = (lines = '[]') =>
      runner.query(`SELECT FROM open_draft(uuidv7(), $1, $2, NULL, '\\x', 1000, 1000, 60, 10000, NULL)`, [
        customer,
        lines,
      ]);
    const scans = async () => {
      const [counts] = (await runner.query(
        `SELECT seq_scan::int AS whole, idx_scan::int AS indexed FROM pg_stat_xact_user_tables WHERE relname = 'orders'`,
      )) as { whole: number; indexed: number }[];
      return counts!;
    };
    try {
      for (let calls = 0; calls < 10; calls += 1) await open();
      const before = await scans();
      await open(`[{ "productId": "${customer}", "quantity": 1 }]`);
      const after = await scans();
      expect([after.whole - before.whole, after.indexed - before.indexed]).toEqual([0, 1]);
    } finally {
      await runner.release();
    }
  });
});
