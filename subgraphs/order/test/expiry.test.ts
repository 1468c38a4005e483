import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ ORDER_TTL_SECONDS: '1' });
});
afterAll(() => shop.close());

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

test('an unpaid order is cancelled at its expiresAt, and its stock is released', async () => {
  const { customer, productId, order } = await newOrder();
  expect(Date.parse(order.expiresAt ?? '')).toBeGreaterThan(0);

  await eventually(async () => {
    expect(await shop.order(customer, order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'EXPIRED',
    });
  });

  await eventually(async () => expect(await shop.stockOf(productId)).toBe(10));
  expect((await shop.payOrder(customer, order.id, 'sim_success')).result.__typename).toBe(
    'OrderStateConflict',
  );
  await expectInvariants(shop.databaseUrls);
});

test('an order does not expire while a payment is in progress', async () => {
  const { customer, order } = await newOrder();
  await shop.payOrder(customer, order.id, 'sim_processing');
  await eventually(async () => {
    const [row] = await shop.sql<{ overdue: boolean }>(
      'order',
      "SELECT step = 'SETTLED' AND expires_at < now() AS overdue FROM orders WHERE id = $1",
      [order.id],
    );
    expect(row?.overdue).toBe(true);
  });
  expect(await shop.order(customer, order.id)).toMatchObject({ status: 'CONFIRMED' });
  await expectInvariants(shop.databaseUrls);
});

test('an expired order cannot be paid, even before the poller has cancelled it', async () => {
  const { customer, order } = await newOrder();
  await shop.sql('order', "UPDATE orders SET expires_at = now() - interval '1 second' WHERE id = $1", [
    order.id,
  ]);
  const { result } = await shop.payOrder(customer, order.id, 'sim_success');
  expect(result.__typename).toBe('OrderStateConflict');
});
