import { randomUUID } from 'node:crypto';
import { createDataSource } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { expectLockOrder } from '@shop/testkit/lock-order';
import type { DataSource } from 'typeorm';
import { orderDatabase } from '../src/data-source';
import { expireOrders } from '../src/operations/order-state.repository';
import { OrderRepository } from '../src/order/persistence/order.repository';

// Batches of payment events lock orders in the order of their IDs. A statement that locks several
// orders in another order can deadlock with them; without ORDER BY, the planner chooses the order.

const [low, high] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];

let database: TestDatabase;
let dataSource: DataSource;
let orders: OrderRepository;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ ...orderDatabase, url: database.url }).initialize();
  orders = new OrderRepository(dataSource);
});
afterEach(() => dataSource.query('TRUNCATE orders CASCADE'));
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** A scan of the table reads the higher ID first. */
async function insertOrders(step: string, paymentId: string | null = null): Promise<void> {
  for (const id of [high, low])
    await dataSource.query(
      `INSERT INTO orders (id, user_id, step, attempt, currency, total_cents, expires_at, due_at, payment_id)
       VALUES ($1, uuidv7(), $2, 1, 'EUR', 1000, now() + interval '1 hour', now(), $3)`,
      [id, step, paymentId],
    );
}

const rows = { table: 'orders', first: `id = '${low}'`, second: `id = '${high}'` };

describe('Orders are locked in the order of their IDs', () => {
  it('when they are settled', async () => {
    await insertOrders('COMMITTING', randomUUID());
    const committed = await orders.findByIds([high, low]);
    await expectLockOrder(database.url, rows, () => orders.settle('order.stock_committed', committed));
    expect((await orders.findByIds([high, low])).map(({ step }) => step)).toEqual(['SETTLED', 'SETTLED']);
  });

  it('when an operator expires them', async () => {
    await insertOrders('AWAITING_PAYMENT');
    const expired = await expectLockOrder(database.url, rows, () => expireOrders(dataSource, [high, low]));
    expect(expired.toSorted()).toEqual([low, high]);
  });
});
