import { createDataSource, type Transaction } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { countUndecidedOrders } from '../src/operations/undecided-orders.repository';
import { OpenOrderRepository } from '../src/order/persistence/open-order.repository';
import { OrderPageRepository } from '../src/order/persistence/order-page.repository';

const customer = '00000000-0000-7000-8000-000000000001';
const cursor = ['ffffffff-0000-7000-8000-000000000000'];

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  await dataSource.query(
    `INSERT INTO orders (user_id, step, attempt, payment_id, cancel_reason, currency, total_cents, expires_at)
     SELECT uuidv7(), CASE n % 2 WHEN 0 THEN 'SETTLED' ELSE 'CLOSED' END, 1, uuidv7(),
            CASE n % 2 WHEN 1 THEN 'CUSTOMER' END, 'EUR', 1, now()
       FROM generate_series(1, 20000) AS n`,
  );
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The plan of the statement that `read` sends, with its own parameters. */
async function planOf(read: (explaining: DataSource) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const explaining = {
    async query(sql: string, parameters?: unknown[]) {
      const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, parameters);
      lines.push(...plan.map((line) => line['QUERY PLAN']));
      return [{}];
    },
  };
  await read(explaining as unknown as DataSource);
  return lines.join('\n');
}

// What ANALYZE believes of the 20,000 customers with one order each.
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
  ] as const)('%s reads that customer alone, by the index', async (_what, page, index) => {
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
  ] as const)('of everybody %s reads that status alone, by its index', async (_what, page) => {
    const plan = await planOf((explaining) =>
      new OrderPageRepository(explaining).findOfEverybody({
        limit: 20,
        backward: false,
        ...page,
      }),
    );
    expect(plan).toContain('orders_by_status');
    expect(plan).not.toMatch(/orders_pkey|Seq Scan/);
  });
});

const partialIndexes = /orders_undecided|orders_awaiting_payment|orders_open_of_customer/;

/** Whatever reads orders in this plan. */
const readsOf = (plan: string) => plan.split('\n').filter((line) => / on (orders|order)\b/.test(line));

describe('shop_orders_undecided', () => {
  const undecidedPlan = () => planOf((explaining) => countUndecidedOrders(explaining));

  it('reads no order that is at rest while none is open', async () => {
    const reads = readsOf(await undecidedPlan());
    expect(reads).toHaveLength(2);
    for (const read of reads) expect(read).toMatch(partialIndexes);
  });
});

describe('While there are thousands of open orders,', () => {
  beforeAll(async () => {
    await dataSource.query(
      `INSERT INTO orders (user_id, step, currency, total_cents, expires_at)
       SELECT uuidv7(), 'AWAITING_PAYMENT', 'EUR', 1, now() + (n - 20) * interval '1 minute'
         FROM generate_series(1, 5000) AS n`,
    );
    await dataSource.query(
      `INSERT INTO orders (user_id, step, draft_lines)
       SELECT uuidv7(), 'RESERVING', '[]' FROM generate_series(1, 500)`,
    );
    await dataSource.query(
      'ALTER TABLE orders ALTER user_id RESET (n_distinct), ALTER status RESET (n_distinct)',
    );
    await dataSource.query('ANALYZE orders');
  });

  it('shop_orders_undecided reads those at work and those that are overdue, each by its index', async () => {
    const plan = await planOf((explaining) => countUndecidedOrders(explaining));
    expect(plan).toContain('orders_undecided');
    expect(plan).toContain('orders_awaiting_payment');
    expect(plan).toMatch(/Index Cond: \(expires_at < now\(\)\)/);
    expect(plan).not.toContain('Seq Scan');
  });

  it('the open orders of a customer are found by their index', async () => {
    const plan = await planOf((explaining) =>
      new OpenOrderRepository().find(explaining as unknown as Transaction, customer, [customer]),
    );
    expect(plan).toContain('orders_open_of_customer');
    expect(plan).toMatch(/Index Cond: \(user_id = /);
  });
});
