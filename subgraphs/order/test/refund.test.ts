import { eventually } from '@shop/testkit/eventually';
import { newAdmin, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

async function newCancelledOrder(paymentMethod: string) {
  const customer = newCustomer();
  const productId = await shop.newProduct({ stock: 10 });
  const { id } = await shop.newOrder(customer, [{ productId, quantity: 2 }]);
  await shop.payOrder(customer, id, paymentMethod);
  const { result } = await shop.cancelOrder(newAdmin(), id, 'cancel');
  expect(result).toMatchObject({ __typename: 'OrderPayload', order: { status: 'CANCELLED' } });
  const messages = async () => (await shop.order(customer, id))?.timeline.map(({ message }) => message) ?? [];
  return { productId, orderId: id, messages };
}

const refundOf = async (orderId: string) => {
  const [row] = await shop.sql<{ payment: string; refund: string }>(
    'payment',
    `SELECT payments.status AS payment, refunds.status AS refund
       FROM payments JOIN refunds ON payment_id = payments.id WHERE order_id = $1`,
    [orderId],
  );
  return row;
};

async function expectReleased({ orderId, productId }: { orderId: string; productId: string }): Promise<void> {
  await eventually(async () => expect(await shop.stepOf(orderId)).toBe('CLOSED'));
  expect(await shop.stockOf(productId)).toBe(10);
  expect(await shop.reservationOf(orderId)).toBe('RELEASED');
}

const failure = 'The refund failed: expired_or_canceled_card.';

describe('The stock of a cancelled order', () => {
  test('is released while its refund is PENDING, and the timeline shows when the refund starts and ends', async () => {
    const pending = await newCancelledOrder('sim_refund_pending');
    await expectReleased(pending);
    expect(await refundOf(pending.orderId)).toEqual({ payment: 'SUCCEEDED', refund: 'PENDING' });
    await eventually(async () =>
      expect((await pending.messages()).slice(-2)).toEqual(['Refund started.', 'Payment refunded.']),
    );
    expect(await refundOf(pending.orderId)).toEqual({ payment: 'REFUNDED', refund: 'SUCCEEDED' });
  });

  test('is released even if the refund fails, and the timeline shows the reason', async () => {
    const order = await newCancelledOrder('sim_refund_failed');
    await expectReleased(order);
    await eventually(async () => expect((await order.messages()).at(-1)).toBe(failure));
    expect(await refundOf(order.orderId)).toEqual({ payment: 'SUCCEEDED', refund: 'FAILED' });
  });
});

test('A refund that fails after it succeeded is the last entry of the timeline', async () => {
  const { orderId, messages } = await newCancelledOrder('sim_refund_fails_later');
  await eventually(async () => expect((await messages()).at(-1)).toBe('Payment refunded.'));
  await eventually(async () =>
    expect(
      await shop.sql('payment', 'SELECT FROM simulator.refunds WHERE key LIKE $1 AND fails_at < now()', [
        `refund:${orderId}%`,
      ]),
    ).toHaveLength(1),
  );
  // As after a webhook of the provider.
  await shop.sql(
    'payment',
    `INSERT INTO webhooks (provider, id, type, charge_key, body, occurred_at, due_at)
     SELECT provider, id, 'charge.refund_failed', provider_key, '', now(), now() FROM payments WHERE order_id = $1`,
    [orderId],
  );
  await eventually(async () => expect((await messages()).at(-1)).toBe(failure));
  expect(await refundOf(orderId)).toEqual({ payment: 'SUCCEEDED', refund: 'FAILED' });
});
