import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const newOrder = () => shop.newUnpaidOrder({ stock: 10, quantity: 2 });

async function newPaidOrder() {
  const order = await newOrder();
  await shop.payOrder(order.customer, order.orderId, 'sim_success');
  return order;
}

describe('cancelOrder', () => {
  test('releases the stock of an unpaid order', async () => {
    const { customer, productId, orderId } = await newOrder();

    const { result } = await shop.cancelOrder(customer, orderId);

    expect(result).toMatchObject({
      __typename: 'OrderPayload',
      order: { status: 'CANCELLED', cancelReason: 'CUSTOMER', expiresAt: null },
    });
    expect(await shop.stockOf(productId)).toBe(10);
    expect(await shop.reservationOf(orderId)).toBe('RELEASED');
    await expectInvariants(shop.databaseUrls);
  });

  test('sets the cancelReason ADMIN if an ADMIN cancels', async () => {
    const { orderId } = await newOrder();
    const { result } = await shop.cancelOrder(newAdmin(), orderId);
    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { cancelReason: 'ADMIN' } });
  });

  test('returns OrderStateConflict to the owner of a paid order, and refunds it for an ADMIN', async () => {
    const { customer, productId, orderId } = await newPaidOrder();

    const own = await shop.cancelOrder(customer, orderId);
    expect(own.result).toMatchObject({ __typename: 'OrderStateConflict', order: { status: 'CONFIRMED' } });

    const { result } = await shop.cancelOrder(newAdmin(), orderId);
    expect(result).toMatchObject({
      __typename: 'OrderPayload',
      order: { status: 'CANCELLED', cancelReason: 'ADMIN' },
    });
    expect(await shop.stepOf(orderId)).toBe('CLOSED');
    expect(await shop.stockOf(productId)).toBe(10);
    await eventually(async () => expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'REFUNDED' }]));
    await expectInvariants(shop.databaseUrls);
  });

  test('returns OrderStateConflict while a payment is in progress', async () => {
    const { customer, orderId } = await newOrder();
    await shop.payOrder(customer, orderId, 'sim_processing');
    for (const user of [customer, newAdmin()]) {
      const { result } = await shop.cancelOrder(user, orderId);
      expect(result).toMatchObject({ __typename: 'OrderStateConflict', code: 'order_state_conflict' });
    }
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('SETTLED'));
  });

  test('returns OrderStateConflict the second time; the same key replays the first result', async () => {
    const { customer, orderId } = await newOrder();
    const first = await shop.cancelOrder(customer, orderId, 'cancel');
    const repeated = await shop.cancelOrder(customer, orderId, 'cancel');
    expect(repeated.result).toEqual(first.result);
    expect([first.replayed, repeated.replayed]).toEqual([false, true]);
    expect((await shop.cancelOrder(customer, orderId)).result.__typename).toBe('OrderStateConflict');
    const other = await newOrder();
    expect((await shop.cancelOrder(customer, other.orderId, 'cancel')).result.__typename).toBe(
      'IdempotencyConflict',
    );
  });

  test("returns OrderNotFound for another user's order and for an unknown one", async () => {
    const { orderId } = await newOrder();
    for (const id of [orderId, '01890000-0000-7000-8000-000000000000', 'no-uuid']) {
      const { result } = await shop.cancelOrder(newCustomer(), id);
      expect(result).toMatchObject({ __typename: 'OrderNotFound' });
    }
  });

  test('concurrent with payOrder: one succeeds, the other returns OrderStateConflict', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { customer, orderId } = await newOrder();
      const [paid, cancelled] = await Promise.all([
        shop.payOrder(customer, orderId, 'sim_success'),
        shop.cancelOrder(customer, orderId),
      ]);
      const kinds = [paid.result.__typename, cancelled.result.__typename];
      expect([
        ['PayOrderSuccess', 'OrderStateConflict'],
        ['OrderStateConflict', 'OrderPayload'],
      ]).toContainEqual(kinds);
    }
    await expectInvariants(shop.databaseUrls);
  });
});

describe('updateOrderStatus', () => {
  test('requires the role ADMIN', async () => {
    const { customer, orderId } = await newOrder();
    expect((await shop.updateOrderStatus(customer, orderId, 'CANCELLED')).code).toBe('FORBIDDEN');
  });

  test('cancels the order for CANCELLED', async () => {
    const { orderId, productId } = await newOrder();
    const { result } = await shop.updateOrderStatus(newAdmin(), orderId, 'CANCELLED');
    expect(result).toMatchObject({
      __typename: 'OrderPayload',
      order: { status: 'CANCELLED', cancelReason: 'ADMIN' },
    });
    expect(await shop.stockOf(productId)).toBe(10);
  });

  test('returns OrderStateConflict for CONFIRMED, and for PENDING after another status', async () => {
    const unpaid = await newOrder();
    const paid = await newPaidOrder();
    const confirm = await shop.updateOrderStatus(newAdmin(), unpaid.orderId, 'CONFIRMED');
    const reopen = await shop.updateOrderStatus(newAdmin(), paid.orderId, 'PENDING');
    expect(confirm.result).toMatchObject({ __typename: 'OrderStateConflict', order: { status: 'PENDING' } });
    expect(reopen.result).toMatchObject({ __typename: 'OrderStateConflict', order: { status: 'CONFIRMED' } });
  });

  test('changes nothing for the current status', async () => {
    const { orderId } = await newOrder();
    const { result } = await shop.updateOrderStatus(newAdmin(), orderId, 'PENDING');
    expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'PENDING' } });
    expect(result.order?.timeline).toHaveLength(1);
  });

  test('returns OrderNotFound for an unknown order', async () => {
    const { result } = await shop.updateOrderStatus(newAdmin(), 'no-uuid', 'CANCELLED');
    expect(result).toMatchObject({ __typename: 'OrderNotFound' });
  });
});
