import { randomUUID } from 'node:crypto';
import { createEvent } from '@shop/events/contracts';
import { requestHash } from '@shop/kit/idempotency';
import { serviceCredential } from '@shop/testkit/keys';
import { eventually } from '@shop/testkit/eventually';
import { graphql } from '@shop/testkit/http';
import { type TestUser, newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** An order at a step, as during a payment that another process makes. */
async function orderAt(step: 'PAYING' | 'AWAITING_PAYMENT' | 'CANCELLED', attempt = 1) {
  const customer = newCustomer();
  const { id } = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);
  if (step === 'CANCELLED') await shop.cancelOrder(customer, id);
  else
    await shop.sql('order', 'UPDATE orders SET step = $2, attempt = $3 WHERE id = $1', [id, step, attempt]);
  return { customer, orderId: id };
}

function paymentEvent(type: 'payment.succeeded' | 'payment.failed', orderId: string, changes: object = {}) {
  const data = {
    ...{
      paymentId: randomUUID(),
      orderId,
      attempt: 1,
      amountCents: 1_000,
      currency: 'EUR',
      failureCode: null,
      sent: true,
    },
    ...changes,
  };
  return createEvent({ source: 'payment', type, subject: data.paymentId, data });
}

/** An order with an undecided first attempt and an idempotency key; `pay` repeats the request. */
async function undecidedPayment() {
  const { customer, orderId } = await orderAt('PAYING');
  const paymentMethod = 'sim_success';
  const paymentId = randomUUID();
  await shop.sql(
    'order',
    `INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt, outcome)
     VALUES ($1, 'key', 'payOrder', $2, $3, 1, $4)`,
    [
      customer.userId,
      requestHash('payOrder', { orderId, paymentMethod }),
      orderId,
      JSON.stringify({ kind: 'UNDECIDED', paymentId }),
    ],
  );
  return { orderId, paymentId, pay: () => shop.payOrder(customer, orderId, paymentMethod, 'key') };
}

async function deliver(event: object, caller = 'payment'): Promise<number> {
  const { status } = await fetch(`${shop.url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-authorization': `Bearer ${serviceCredential(caller, 'order')}`,
    },
    body: JSON.stringify(event),
  });
  return status;
}

const messagesOf = async (customer: TestUser, orderId: string) =>
  (await shop.order(customer, orderId))?.timeline.map(({ message }) => message) ?? [];

/** The payment subgraph charges the first attempt of an order in any status. */
async function charge({ userId }: TestUser, orderId: string): Promise<void> {
  const send = graphql(shop.neighbours.payment.url);
  const { body } = await send(
    'mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { outcome } }',
    {
      variables: {
        input: {
          ...{ orderId, attempt: 1, userId, amountCents: 1_000, currency: 'EUR' },
          paymentMethod: 'sim_success',
        },
      },
      headers: { 'x-service-authorization': `Bearer ${serviceCredential('order', 'payment')}` },
    },
  );
  expect(body).toEqual({ data: { createPaymentIntent: { outcome: 'SUCCEEDED' } } });
}

describe('A payment that an operator has settled', () => {
  const settlement = { settledBy: 'operator', reason: 'the bank said so by telephone' };

  test.each([
    ['payment.succeeded', 'CONFIRMED', 'succeeded'],
    ['payment.failed', 'CANCELLED', 'failed'],
  ] as const)(
    'with %s sets the order to %s, and the timeline has the reason',
    async (type, status, outcome) => {
      const { customer, orderId } = await orderAt('PAYING');
      expect(await deliver(paymentEvent(type, orderId, settlement))).toBe(204);
      expect(await shop.order(customer, orderId)).toMatchObject({ status });
      expect(await messagesOf(customer, orderId)).toContain(
        `Payment settled by an operator as ${outcome}: the bank said so by telephone.`,
      );
    },
  );

  test('has its reason in the timeline once, even if the outcome was recorded before the event', async () => {
    const { customer, orderId } = await orderAt('PAYING');
    const paymentId = randomUUID();
    expect(await deliver(paymentEvent('payment.failed', orderId, { paymentId }))).toBe(204);
    const event = paymentEvent('payment.failed', orderId, { paymentId, ...settlement });
    expect([await deliver(event), await deliver(event)]).toEqual([204, 204]);
    const messages = await messagesOf(customer, orderId);
    expect(messages.filter((message) => message.includes('by telephone'))).toHaveLength(1);
  });
});

describe('payment.succeeded', () => {
  test('confirms an order in PAYING, and its stock is committed', async () => {
    const { customer, orderId } = await orderAt('PAYING');
    expect(await deliver(paymentEvent('payment.succeeded', orderId))).toBe(204);
    expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('SETTLED'));
    expect(await shop.reservationOf(orderId)).toBe('COMMITTED');
  });

  test('is applied once when it is delivered twice', async () => {
    const { customer, orderId } = await orderAt('PAYING');
    const event = paymentEvent('payment.succeeded', orderId);
    expect(await Promise.all([deliver(event), deliver(event)])).toEqual([204, 204]);
    expect(await deliver({ ...event, id: randomUUID() })).toBe(204);
    const order = await shop.order(customer, orderId);
    expect(order?.timeline.filter(({ status }) => status === 'CONFIRMED')).toHaveLength(1);
  });

  test('for an order that was cancelled in the meantime causes a refund', async () => {
    const { customer, orderId } = await orderAt('CANCELLED');
    await charge(customer, orderId);

    await eventually(async () =>
      // The refund may end before the order records its start.
      expect(
        (await messagesOf(customer, orderId)).filter((message) => message !== 'Refund started.'),
      ).toEqual([
        'Order placed: its stock is held until it is paid, cancelled or expires.',
        'Cancelled by the customer.',
        'A payment arrived that does not pay this order: it is to be refunded.',
        'Payment refunded.',
      ]),
    );
    expect(await shop.paymentsOf(orderId)).toEqual([{ status: 'REFUNDED' }]);
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('CLOSED'));
  });

  test('is not recorded as a refund in the timeline if the payment subgraph has no charge', async () => {
    const { customer, orderId } = await orderAt('CANCELLED');
    expect(await deliver(paymentEvent('payment.succeeded', orderId))).toBe(204);
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('CLOSED'));

    expect(await shop.paymentsOf(orderId)).toEqual([]);
    const messages = await messagesOf(customer, orderId);
    expect(messages.at(-1)).toBe('Nothing was refunded: no charge of this order was found.');
    expect(messages).not.toContain('Payment refunded.');
  });

  test.each([{ amountCents: 999 }, { currency: 'USD' }])(
    'of %j instead of the total cancels the order and causes a refund',
    async (changes) => {
      const { customer, orderId } = await orderAt('PAYING');
      expect(await deliver(paymentEvent('payment.succeeded', orderId, changes))).toBe(204);
      expect(await shop.order(customer, orderId)).toMatchObject({
        status: 'CANCELLED',
        cancelReason: 'PAYMENT_FAILED',
      });
      await eventually(async () => expect(await shop.stepOf(orderId)).toBe('CLOSED'));
    },
  );

  test.each([
    ['an attempt that never was', 2],
    ['an order that never was', 1],
  ])('of %s is rejected, so that it is dead-lettered', async (what, attempt) => {
    const orderId = what.startsWith('an order') ? randomUUID() : (await orderAt('PAYING')).orderId;
    const event = paymentEvent('payment.succeeded', orderId, { attempt });
    expect(await deliver(event)).toBe(500);
    expect(await shop.sql('order', 'SELECT FROM inbox WHERE event_id = $1', [event.id])).toEqual([]);
  });
});

describe('payment.failed', () => {
  test('cancels the order and releases its stock', async () => {
    const { customer, orderId } = await orderAt('PAYING');
    expect(await deliver(paymentEvent('payment.failed', orderId, { failureCode: 'card_declined' }))).toBe(
      204,
    );
    expect(await shop.order(customer, orderId)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'PAYMENT_FAILED',
    });
    await eventually(async () => expect(await shop.reservationOf(orderId)).toBe('RELEASED'));
  });

  test('of an attempt that was not sent makes the order payable again', async () => {
    const { customer, orderId } = await orderAt('PAYING');
    const event = paymentEvent('payment.failed', orderId, {
      failureCode: 'provider_unavailable',
      sent: false,
    });
    expect(await deliver(event)).toBe(204);
    expect(await shop.stepOf(orderId)).toBe('AWAITING_PAYMENT');
    expect((await shop.payOrder(customer, orderId, 'sim_success')).result.__typename).toBe('PayOrderSuccess');
  });

  test('of an attempt that was not sent deletes its key, even if the key returned PaymentPending', async () => {
    const { orderId, pay } = await undecidedPayment();
    const undecided = await pay();
    await deliver(paymentEvent('payment.failed', orderId, { sent: false }));

    const [paid, repeated] = [await pay(), await pay()];

    expect([undecided, paid, repeated]).toMatchObject([
      { replayed: true, result: { __typename: 'PaymentPending' } },
      { replayed: false, result: { __typename: 'PayOrderSuccess' } },
      { replayed: true, result: { __typename: 'PayOrderSuccess' } },
    ]);
  });

  test('without `permanent`, as published by earlier versions, makes the order payable again', async () => {
    const { orderId, pay } = await undecidedPayment();
    await deliver(paymentEvent('payment.failed', orderId, { sent: false, failureCode: 'unpayable_amount' }));
    expect(await pay()).toMatchObject({ replayed: false, result: { __typename: 'PayOrderSuccess' } });
  });

  test('of an earlier attempt, or after another outcome, changes nothing', async () => {
    const { customer, orderId } = await orderAt('PAYING', 2);
    expect(await deliver(paymentEvent('payment.failed', orderId, { attempt: 1 }))).toBe(204);
    expect(await shop.stepOf(orderId)).toBe('PAYING');
    await deliver(paymentEvent('payment.succeeded', orderId, { attempt: 2 }));
    expect(await deliver(paymentEvent('payment.failed', orderId, { attempt: 2 }))).toBe(204);
    expect(await shop.order(customer, orderId)).toMatchObject({ status: 'CONFIRMED' });
  });
});

test.each([
  ['payment.succeeded', {}, 'PayOrderSuccess', 'CONFIRMED'],
  ['payment.failed', {}, 'PaymentDeclined', 'CANCELLED'],
  [
    'payment.failed',
    { sent: false, permanent: true, failureCode: 'unpayable_amount' },
    'PaymentNotPossible',
    'PENDING',
  ],
  ['payment.succeeded', { amountCents: 1 }, 'PaymentDeclined', 'CANCELLED'],
] as const)(
  'A key that returned PaymentPending returns the decision after %s %j: %s',
  async (type, changes, typename, status) => {
    const { orderId, paymentId, pay } = await undecidedPayment();
    const pending = await pay();
    expect(await deliver(paymentEvent(type, orderId, { paymentId, ...changes }))).toBe(204);

    const decided = await pay();

    expect(pending).toMatchObject({ replayed: true, result: { __typename: 'PaymentPending' } });
    expect(decided).toMatchObject({
      replayed: true,
      result: { __typename: typename, order: { status }, payment: { id: paymentId } },
    });
  },
);

test('Payment events are accepted from the payment subgraph only', async () => {
  const { orderId } = await orderAt('PAYING');
  expect(await deliver(paymentEvent('payment.succeeded', orderId), 'product')).toBe(403);
  expect(await shop.stepOf(orderId)).toBe('PAYING');
});
