import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { startOrderProcess } from './support/order-process';
import { newCustomer, openShop, type Shop, shopAt, throughProxies } from './support/shop';

/** Orders that one process handles concurrently. */
const concurrency = 8;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('Due orders', () => {
  it('are shared by two processes, and each step is written once', async () => {
    const second = await startOrderProcess(shop.neighbours.orderEnvironment);
    try {
      const doors = [shop, shopAt(second.url, shop.neighbours)];
      const productId = await shop.newProduct({ stock: 100 });
      const buy = async (index: number) => {
        const door = doors[index % 2]!;
        const customer = newCustomer();
        // A busy service may reject the request with 503: retry.
        const { id } = await eventually(() => door.newOrder(customer, [{ productId, quantity: 1 }]));
        await eventually(async () => {
          const { result } = await door.payOrder(customer, id, 'sim_success', 'key');
          expect(result.__typename).toBe('PayOrderSuccess');
        });
        // Makes all orders due for both processes, including claimed ones.
        await shop.makeOrdersDue();
        return id;
      };
      const ids = await Promise.all(Array.from({ length: 24 }, (_value, index) => buy(index)));

      await eventually(async () => {
        const rows = await shop.sql('order', 'SELECT step, due_at FROM orders WHERE id = ANY ($1)', [ids]);
        for (const row of rows) expect(row).toMatchObject({ step: 'SETTLED', due_at: null });
        expect(rows).toHaveLength(24);
      });
      const confirmations = await shop.sql(
        'order',
        `SELECT FROM order_events WHERE order_id = ANY ($1) AND status = 'CONFIRMED'`,
        [ids],
      );
      expect(confirmations).toHaveLength(24);
      const charges = await shop.sql('payment', 'SELECT FROM simulator.charges WHERE order_id = ANY ($1)', [
        ids,
      ]);
      expect(charges).toHaveLength(24);
      expect(await shop.stockOf(productId)).toBe(76);
      await expectInvariants(shop.databaseUrls);
    } finally {
      await second.kill();
    }
  });

  it('are committed in one call; an order without a reservation does not block the others', async () => {
    const productId = await shop.newProduct({ stock: 10 });
    const placed = await Promise.all(
      [1, 2, 3].map(() => shop.newOrder(newCustomer(), [{ productId, quantity: 1 }])),
    );
    const unknown = randomUUID();
    await shop.sql(
      'order',
      `WITH paid AS (UPDATE orders SET step = 'COMMITTING', payment_id = uuidv7(), due_at = now() WHERE id = ANY ($1))
       INSERT INTO orders (id, user_id, step, payment_id, currency, total_cents, expires_at, due_at)
       VALUES ($2, uuidv7(), 'COMMITTING', uuidv7(), 'EUR', 1, now(), now())`,
      [placed.map(({ id }) => id), unknown],
    );

    for (const { id } of placed) {
      await eventually(async () => expect(await shop.stepOf(id)).toBe('SETTLED'));
      expect(await shop.reservationOf(id)).toBe('COMMITTED');
    }
    expect(await shop.stepOf(unknown)).toBe('COMMITTING');
    const [order] = await shop.sql(
      'order',
      'SELECT due_at > now() AS "isTriedLater" FROM orders WHERE id = $1',
      [unknown],
    );
    expect(order).toEqual({ isTriedLater: true });
  });
});

describe('An order whose customer must authenticate', () => {
  it('is not counted as failing work, however long it waits', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 1 });
    const { id } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
    const { result } = await shop.payOrder(customer, id, 'sim_requires_action');
    expect(result.__typename).toBe('PaymentPending');
    await shop.sql(
      'order',
      'UPDATE orders SET attempt_resumed = true, due_tries = 9, due_at = now() WHERE id = $1',
      [id],
    );
    await eventually(async () =>
      expect(await shop.sql('order', 'SELECT step, due_tries FROM orders WHERE id = $1', [id])).toEqual([
        { step: 'PAYING', due_tries: 0 },
      ]),
    );
  });
});

describe('While payment does not respond to as many orders as are handled concurrently,', () => {
  it('the stock of other orders is committed', async () => {
    const slow = await openShop(throughProxies);
    try {
      const { payment } = slow.neighbours.proxies;
      const productId = await slow.newProduct({ stock: 100 });
      const customer = newCustomer();
      const { id } = await slow.newOrder(customer, [{ productId, quantity: 1 }]);
      const stalled = await Promise.all(
        Array.from({ length: 2 * concurrency }, () =>
          slow.newOrder(newCustomer(), [{ productId, quantity: 1 }]),
        ),
      );
      payment.swallow('sim_declined', 'stall');
      await slow.sql(
        'order',
        `UPDATE orders SET step = 'PAYING', attempt = 1, payment_method = 'sim_declined', due_at = now()
          WHERE id = ANY ($1)`,
        [stalled.map((order) => order.id)],
      );
      await eventually(() => expect(payment.waiting()).toBe(concurrency));

      await slow.payOrder(customer, id, 'sim_success');
      await eventually(async () => expect(await slow.stepOf(id)).toBe('SETTLED'));

      expect(await slow.reservationOf(id)).toBe('COMMITTED');
      const begun = await slow.sql('order', `SELECT FROM orders WHERE step = 'PAYING' AND attempt_resumed`);
      expect(begun).toHaveLength(concurrency);
      payment.heal();
    } finally {
      await slow.close();
    }
  });
});
