import { randomUUID } from 'node:crypto';
import { createEvent } from '@shop/events/contracts';
import { serviceCredential } from '@shop/testkit/keys';
import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ PAYMENT_DECLINE: 'retry', PAYMENT_MAX_ATTEMPTS_PER_ORDER: '3' });
});
afterAll(() => shop.close());

/** A customer with an unpaid order of two of ten units. */
async function newOrder() {
  const customer = newCustomer();
  const productId = await shop.newProduct({ stock: 10 });
  const { id: orderId, expiresAt } = await shop.newOrder(customer, [{ productId, quantity: 2 }]);
  const pay = (method: string, key?: string) => shop.payOrder(customer, orderId, method, key);
  return { customer, productId, orderId, expiresAt, pay };
}

const paymentsOf = (orderId: string) =>
  shop.sql<{ id: string; status: string }>(
    'payment',
    'SELECT id, status FROM payments WHERE order_id = $1 ORDER BY attempt',
    [orderId],
  );

async function deliverFailure(orderId: string, data: { paymentId: string; attempt: number }): Promise<void> {
  const event = createEvent({
    ...{ source: 'payment', type: 'payment.failed', subject: data.paymentId },
    data: { orderId, amountCents: 2_000, currency: 'EUR', failureCode: 'card_declined', sent: true, ...data },
  });
  const { status } = await fetch(`${shop.url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-authorization': `Bearer ${serviceCredential('payment', 'order')}`,
    },
    body: JSON.stringify(event),
  });
  expect(status).toBe(204);
}

const declined = (order: object) => ({ __typename: 'PaymentDeclined', code: 'payment_declined', order });

describe('payOrder with PAYMENT_DECLINE=retry', () => {
  test('leaves the order PENDING after a decline, with the same reservation and the same expiresAt', async () => {
    const { productId, orderId, expiresAt, pay } = await newOrder();

    const { result } = await pay('sim_declined');

    expect(result).toMatchObject(declined({ status: 'PENDING', cancelReason: null, expiresAt }));
    expect(result.message).toContain(`The order can be paid again until ${expiresAt}`);
    expect(result.order?.timeline.at(-1)).toMatchObject({
      status: 'PENDING',
      message: 'Payment declined: the order can be paid again.',
    });
    expect(await shop.stockOf(productId)).toBe(8);
    expect(await shop.reservationOf(orderId)).toBe('HELD');
    await expectInvariants(shop.databaseUrls);
  });

  test('charges once after two declines, and each key replays the outcome of its attempt', async () => {
    const { customer, productId, orderId, pay } = await newOrder();
    const first = await pay('sim_declined', 'first');
    const second = await pay('sim_insufficient_funds', 'second');
    const third = await pay('sim_success', 'third');

    const replays = [
      await pay('sim_declined', 'first'),
      await pay('sim_insufficient_funds', 'second'),
      await pay('sim_success', 'third'),
    ];

    const payments = await paymentsOf(orderId);
    expect(payments.map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'SUCCEEDED']);
    expect([first, second, third]).toMatchObject([
      { result: declined({ status: 'PENDING' }) },
      { result: declined({ status: 'PENDING' }) },
      { result: { __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' } } },
    ]);
    expect(replays).toMatchObject([
      { replayed: true, result: { ...declined({ status: 'CONFIRMED' }), payment: { id: payments[0]?.id } } },
      { replayed: true, result: { ...declined({ status: 'CONFIRMED' }), payment: { id: payments[1]?.id } } },
      { replayed: true, result: { __typename: 'PayOrderSuccess', payment: { id: payments[2]?.id } } },
    ]);
    expect(replays[0]?.result.message).toContain('A later attempt paid the order: it is CONFIRMED.');
    expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await shop.stockOf(productId)).toBe(8);
    await expectInvariants(shop.databaseUrls);
  });

  test('cancels the order with PAYMENT_FAILED when the attempts are used up', async () => {
    const { productId, pay } = await newOrder();
    await pay('sim_declined');
    await pay('sim_declined');

    const { result } = await pay('sim_declined');

    expect(result).toMatchObject(declined({ status: 'CANCELLED', cancelReason: 'PAYMENT_FAILED' }));
    expect(result.message).toContain('because all allowed payment attempts are used');
    expect(await shop.stockOf(productId)).toBe(10);
    await expectInvariants(shop.databaseUrls);
  });

  test('cancels the order with EXPIRED if it is not paid in time after a decline', async () => {
    const { customer, productId, orderId, pay } = await newOrder();
    await pay('sim_declined');
    await shop.sql('order', 'UPDATE orders SET expires_at = now() WHERE id = $1', [orderId]);

    await eventually(async () => {
      await shop.makeOrdersDue();
      expect(await shop.order(customer, orderId)).toMatchObject({ cancelReason: 'EXPIRED' });
    });
    await eventually(async () => expect(await shop.stockOf(productId)).toBe(10));
    await expectInvariants(shop.databaseUrls);
  });

  test('cancels the order with PAYMENT_FAILED if a decline is recorded after expiresAt', async () => {
    const { customer, orderId } = await newOrder();
    const overdue = "UPDATE orders SET step = 'PAYING', attempt = 1, expires_at = now() WHERE id = $1";
    await shop.sql('order', overdue, [orderId]);

    await deliverFailure(orderId, { paymentId: randomUUID(), attempt: 1 });

    expect(await shop.order(customer, orderId)).toMatchObject({ cancelReason: 'PAYMENT_FAILED' });
    await eventually(async () => expect(await shop.reservationOf(orderId)).toBe('RELEASED'));
  });

  test('returns PaymentDeclined for a key that returned PaymentPending once its attempt is declined, even after a later attempt succeeds', async () => {
    const { orderId, pay } = await newOrder();
    const { result: pending } = await pay('sim_processing', 'first');
    const paymentId = pending.payment!.id;
    // The provider has not decided yet: make it decline.
    const decline =
      "UPDATE simulator.charges SET outcome = 'declined', failure_code = 'card_declined' WHERE order_id = $1";
    await shop.sql('payment', decline, [orderId]);
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT'));

    const afterDecline = await pay('sim_processing', 'first');
    const success = await pay('sim_success', 'second');
    const afterSuccess = await pay('sim_processing', 'first');

    expect(pending.__typename).toBe('PaymentPending');
    expect(success.result.__typename).toBe('PayOrderSuccess');
    expect([afterDecline, afterSuccess]).toMatchObject([
      { replayed: true, result: { ...declined({ status: 'PENDING' }), payment: { id: paymentId } } },
      { replayed: true, result: { ...declined({ status: 'CONFIRMED' }), payment: { id: paymentId } } },
    ]);
  });

  test('ignores repeated events of a declined attempt while the next attempt is in progress', async () => {
    const { customer, orderId, pay } = await newOrder();
    const { result } = await pay('sim_declined');
    await pay('sim_processing');

    for (let repeat = 0; repeat < 2; repeat += 1)
      await deliverFailure(orderId, { paymentId: result.payment!.id, attempt: 1 });

    expect(await shop.stepOf(orderId)).toBe('PAYING');
    await eventually(async () =>
      expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' }),
    );
    await expectInvariants(shop.databaseUrls);
  });
});
