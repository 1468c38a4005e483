import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource, QueryRunner } from 'typeorm';
import { KeepStockSums1795700000000 } from '../src/migrations/1795700000000-keep-stock-sums';
import { countHeldReservations, countStockBreaches } from '../src/operations/state.repository';
import { addProduct, adjustStockMutation } from './support/catalogue-operations';
import { type ProductService, startProductService } from './support/product-service';
import { reservationsOf } from './support/reservation-operations';

let service: ProductService;
let orders: ReturnType<typeof reservationsOf>;
beforeAll(async () => {
  service = await startProductService();
  orders = reservationsOf(service);
});
afterAll(() => service.stop());

const sql = <Row>(text: string, parameters: unknown[] = []) =>
  service.dataSource.query<Row[]>(text, parameters);

/** Products whose running sums differ from their records. */
const wrongSums = () =>
  sql(`
    WITH counted AS (
      SELECT product_id, sum(reserved) AS reserved, sum(ledger) AS ledger
        FROM (SELECT product_id, quantity AS reserved, 0 AS ledger
                FROM reservation_lines JOIN reservations USING (order_id) WHERE status <> 'RELEASED'
              UNION ALL SELECT product_id, 0, delta FROM stock_ledger) AS records GROUP BY product_id)
    SELECT * FROM counted FULL JOIN stock_sums AS sums USING (product_id)
     WHERE coalesce(counted.reserved, 0) <> coalesce(sums.reserved, 0)
        OR coalesce(counted.ledger, 0) <> coalesce(sums.ledger, 0)`);

const deadlocks = async () =>
  (
    await sql<{ deadlocks: number }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    )
  )[0]?.deadlocks;

/** Reserves, sells, releases before and after the sale, and adjusts the stock up and down. */
async function trade(orderCount: number): Promise<string[]> {
  const products = await Promise.all(Array.from({ length: 5 }, () => addProduct(service, { stock: 500 })));
  const rotated = (by: number) => products.map((_, index) => products[(index + by) % 5]?.id ?? '');
  await Promise.all(
    Array.from({ length: orderCount }, async (_, index) => {
      const orderId = randomUUID();
      await orders.reserve(
        orderId,
        rotated(index).map((productId) => ({ productId, quantity: 1 + (index % 3) })),
      );
      if (index % 4 > 1) await orders.commit(orderId);
      if (index % 2 === 1) await Promise.all([orders.release(orderId), orders.release(orderId)]);
      const input = { productId: products[index % 5]?.id, delta: index % 2 ? 3 : -1, reason: 'count' };
      await service.send(adjustStockMutation, { input }, { as: 'admin' });
    }),
  );
  return products.map(({ id }) => id);
}

it('a reservation is counted as held until it is committed or released', async () => {
  const { id: productId } = await addProduct(service, { stock: 10 });
  const before = await countHeldReservations(service.dataSource);
  const [sold, abandoned] = [randomUUID(), randomUUID()];
  for (const orderId of [sold, abandoned, sold]) await orders.reserve(orderId, [{ productId, quantity: 2 }]);
  expect(await countHeldReservations(service.dataSource)).toBe(before + 2);
  await orders.commit(sold);
  await orders.release(abandoned);
  expect(await countHeldReservations(service.dataSource)).toBe(before);
});

describe('The running sums of the stock', () => {
  it('equal the records after concurrent reservations, releases and adjustments', async () => {
    const productIds = await trade(60);
    expect(
      await sql('SELECT FROM stock_sums WHERE product_id = ANY ($1) AND reserved > 0', [productIds]),
    ).toHaveLength(5);
    expect(await wrongSums()).toEqual([]);
    expect(await countStockBreaches(service.dataSource)).toBe(0);
    expect(await deadlocks()).toBe(0);
  });

  it('include records that are written by SQL, not by the service', async () => {
    const { id: productId } = await addProduct(service, { stock: 9 });
    const orderId = randomUUID();
    await orders.reserve(orderId, [{ productId, quantity: 2 }]);
    await sql('UPDATE reservation_lines SET quantity = 5 WHERE order_id = $1', [orderId]);
    await sql('UPDATE stock_ledger SET delta = 7 WHERE product_id = $1', [productId]);
    expect(await wrongSums()).toEqual([]);
    await sql(`UPDATE reservations SET status = 'RELEASED' WHERE order_id = $1`, [orderId]);
    await sql(`UPDATE reservations SET status = 'COMMITTED' WHERE order_id = $1`, [orderId]);
    expect(await wrongSums()).toEqual([]);
    await sql('DELETE FROM reservation_lines WHERE order_id = $1', [orderId]);
    await sql('DELETE FROM stock_ledger WHERE product_id = $1', [productId]);
    expect(await wrongSums()).toEqual([]);
  });

  it.each([
    [
      'its lines are deleted in the same statement',
      'WITH lines AS (DELETE FROM reservation_lines WHERE order_id = $1)',
    ],
    ['its lines are not', ''],
  ])('keep a reservation that holds units from being deleted, where %s', async (_where, lines) => {
    const { id: productId } = await addProduct(service, { stock: 9 });
    const orderId = randomUUID();
    await orders.reserve(orderId, [{ productId, quantity: 2 }]);
    const remove = () => sql(`${lines} DELETE FROM reservations WHERE order_id = $1`, [orderId]);
    await expect(remove()).rejects.toThrow(
      `The reservation of order ${orderId} is HELD and cannot be deleted`,
    );
    expect(await wrongSums()).toEqual([]);
    await orders.release(orderId);
    if (lines) await remove();
    expect(await wrongSums()).toEqual([]);
  });
});

describe('The migration that makes the running sums', () => {
  const migration = new KeepStockSums1795700000000();
  let runner: QueryRunner;
  beforeEach(async () => {
    await trade(12);
    runner = service.dataSource.createQueryRunner();
    await migration.down(runner);
  });
  afterEach(() => runner.release());

  it('counts the records that are there and those that are written meanwhile', async () => {
    await Promise.all([migration.up(runner), trade(40)]);
    expect(await wrongSums()).toEqual([]);
    expect(await deadlocks()).toBe(0);
  });

  it('lets orders reserve and release stock while it waits for the sums of one product', async () => {
    const [busy, other] = [await addProduct(service, { stock: 9 }), await addProduct(service, { stock: 9 })];
    const blocker = service.dataSource.createQueryRunner();
    const add = runner.query.bind(runner);
    let migrated: Promise<void> | undefined;
    // From the moment when the triggers exist, an open transaction holds the sums of one product.
    runner.query = async (text: string, parameters?: unknown[]) => {
      if (!blocker.isTransactionActive && text.includes('HAVING')) {
        await blocker.startTransaction();
        await blocker.query('UPDATE stock_ledger SET delta = delta WHERE product_id = $1', [busy.id]);
      }
      return add(text, parameters) as Promise<never>;
    };
    try {
      migrated = migration.up(runner);
      migrated.catch(() => undefined);
      await eventually(async () => {
        const waiting = await sql(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT add_to_stock_sums%' AND wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      const orderId = randomUUID();
      const held = await orders.reserve(orderId, [{ productId: other.id, quantity: 2 }]);
      expect(held.__typename).toBe('StockReserved');
      await orders.release(orderId);
    } finally {
      await blocker.rollbackTransaction();
      await blocker.release();
      await migrated;
    }
    expect(await wrongSums()).toEqual([]);
  });

  it('can run again after a failure at any statement', async () => {
    const send = runner.query.bind(runner);
    for (let failure = 0, failed = true; failed; failure += 1) {
      let sent = 0;
      runner.query = (text: string, parameters?: unknown[]) => {
        sent += 1;
        if (sent === failure + 1) return Promise.reject(new Error('planned failure'));
        return send(text, parameters) as Promise<never>;
      };
      failed = await migration.up(runner).then(
        () => false,
        () => true,
      );
      runner.query = send;
      await migration.up(runner);
      expect(await wrongSums()).toEqual([]);
      await migration.down(runner);
    }
    await migration.up(runner);
  });
});

describe('shop_stock_breaches', () => {
  it('counts a product that has lost a unit', async () => {
    const before = await countStockBreaches(service.dataSource);
    const { id } = await addProduct(service, { stock: 3 });
    await sql('UPDATE products SET stock = stock - 1 WHERE id = $1', [id]);
    expect(await countStockBreaches(service.dataSource)).toBe(before + 1);
  });

  it('reads no reservation and no ledger entry', async () => {
    const lines: string[] = [];
    const explaining = {
      async query(text: string) {
        const plan = await sql<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`);
        lines.push(...plan.map((line) => line['QUERY PLAN']));
        return [{ breaches: 0 }];
      },
    };
    await countStockBreaches(explaining as unknown as DataSource);
    expect(lines.join('\n')).toContain('stock_sums');
    expect(lines.join('\n')).not.toMatch(/reservation|stock_ledger/);
  });
});
