import { randomUUID } from 'node:crypto';
import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential } from '@shop/testkit/keys';
import fc from 'fast-check';
import { newCustomer, openShop, type Shop } from './support/shop';

type DeclinePolicy = 'cancel' | 'retry';

let shop: Shop;
let productId: string;
async function openShopWith(policy: DeclinePolicy) {
  shop = await openShop({ PAYMENT_DECLINE: policy });
  productId = await shop.newProduct({ stock: 1_000, priceCents: 1_000 });
}

/** What payment tells of one attempt. */
type PaymentInput = {
  type: Exclude<PaymentEvent['type'], 'payment.refund_failed'>;
  attempt: number;
  sent: boolean;
  permanent?: boolean;
};

/** An order as it stands, and all that payment has to tell of it, in the order in which it happened. */
interface Story {
  step: 'PAYING' | 'CLOSED';
  inputs: PaymentInput[];
}

const ending = (attempt: number) =>
  ({
    succeeded: [{ type: 'payment.succeeded', attempt, sent: true }],
    declined: [{ type: 'payment.failed', attempt, sent: true }],
    notSent: [{ type: 'payment.failed', attempt, sent: false }],
    notPossible: [{ type: 'payment.failed', attempt, sent: false, permanent: true }],
    // Declared failed; the money came nevertheless and went back.
    chargedAfterAll: [
      { type: 'payment.failed', attempt, sent: false },
      { type: 'payment.refunded', attempt, sent: true },
    ],
    declinedAndChargedAfterAll: [
      { type: 'payment.failed', attempt, sent: true },
      { type: 'payment.refunded', attempt, sent: true },
    ],
    cameTooLate: [
      { type: 'payment.succeeded', attempt, sent: true },
      { type: 'payment.refunded', attempt, sent: true },
    ],
  }) satisfies Record<string, PaymentInput[]>;

const first = ending(1);
const second = ending(2);
/** Only an attempt that took nothing is followed by another; a declined one, where the order is not cancelled. */
const beginnings: Record<DeclinePolicy, PaymentInput[][]> = {
  cancel: [[], first.notSent, first.notPossible, first.chargedAfterAll],
  retry: [
    [],
    first.notSent,
    first.notPossible,
    first.chargedAfterAll,
    first.declined,
    first.declinedAndChargedAfterAll,
  ],
};
const storiesOf = (policy: DeclinePolicy): Story[] => [
  ...beginnings[policy].flatMap((inputs) => {
    const { succeeded, declined, notSent, notPossible, chargedAfterAll } = inputs.length > 0 ? second : first;
    return [succeeded, declined, notSent, notPossible, chargedAfterAll].map((last) => ({
      step: 'PAYING' as const,
      inputs: [...inputs, ...last],
    }));
  }),
  { step: 'CLOSED', inputs: first.cameTooLate },
];

const mostDeliveries = 6;

/** A story with an order of arrival: every event at least once, some more often. */
const anyArrival = (stories: Story[]) =>
  fc.constantFrom(...stories).chain(({ step, inputs }) => {
    const all = inputs.map((_event, index) => index);
    const repeats = fc.array(fc.constantFrom(...all), { maxLength: mostDeliveries - all.length });
    const arrival = repeats.chain((more) => {
      const length = all.length + more.length;
      return fc.shuffledSubarray([...all, ...more], { minLength: length, maxLength: length });
    });
    return fc.record({ step: fc.constant(step), inputs: fc.constant(inputs), arrival });
  });

/** @param arrival indices of `inputs` @returns how the order ends */
async function deliverAll({ step, inputs }: Story, arrival: readonly number[]): Promise<unknown> {
  const customer = newCustomer();
  const { id: orderId } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
  const attempt = Math.max(...inputs.map((event) => event.attempt));
  if (step === 'CLOSED') await shop.cancelOrder(customer, orderId);
  const setUp = 'UPDATE orders SET attempt = $2, step = $3 WHERE id = $1';
  await shop.sql('order', setUp, [orderId, attempt, step]);

  const paymentIds = new Map([1, 2].map((number) => [number, randomUUID()]));
  const events = inputs.map((input) =>
    toEvent(input, { orderId, paymentId: paymentIds.get(input.attempt)! }),
  );
  for (const index of arrival) expect(await deliver(events[index]!)).toBe(204);
  return eventually(async () => {
    const [order] = await shop.sql('order', orderEnd, [orderId]);
    expect(['AWAITING_PAYMENT', 'SETTLED', 'CLOSED']).toContain(order.step);
    const [charged] = [...paymentIds].find(([, id]) => id === order.paymentId) ?? [null];
    return { ...order, paymentId: charged, reservation: await shop.reservationOf(orderId) };
  });
}

const orderEnd = `SELECT step, status, attempt, cancel_reason, payment_id AS "paymentId" FROM orders WHERE id = $1`;

function toEvent(
  { type, attempt, sent, permanent }: PaymentInput,
  ids: { orderId: string; paymentId: string },
): PaymentEvent {
  const input = { source: 'payment', subject: ids.paymentId };
  const data = { ...ids, attempt, amountCents: 1_000, currency: 'EUR' };
  if (type === 'payment.refunded') return createEvent({ ...input, type, data: { ...data, revision: 2 } });
  return createEvent({ ...input, type, data: { ...data, sent, permanent, failureCode: null } });
}

async function deliver(event: PaymentEvent): Promise<number> {
  const { status } = await fetch(`${shop.url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-authorization': `Bearer ${serviceCredential('payment', 'order')}`,
    },
    body: JSON.stringify(event),
  });
  return status;
}

describe.each(['cancel', 'retry'] as const)('with PAYMENT_DECLINE=%s', (policy) => {
  beforeAll(() => openShopWith(policy));
  afterAll(() => shop.close());

  test('payment events in any order, and more than once, lead an order to the same final state', async () => {
    const endings = new Map<PaymentInput[], Promise<unknown>>();
    const endOf = (story: Story) => {
      const known = endings.get(story.inputs) ?? deliverAll(story, [...story.inputs.keys()]);
      endings.set(story.inputs, known);
      return known;
    };
    await fc.assert(
      fc.asyncProperty(anyArrival(storiesOf(policy)), async ({ arrival, ...story }) => {
        expect(await deliverAll(story, arrival)).toEqual(await endOf(story));
      }),
      { numRuns: 25 },
    );
  });
});

/** A refund that succeeded, failed later, and was retried. */
const refundStory = [
  { type: 'payment.refunded', revision: 2 },
  { type: 'payment.refund_failed', revision: 3 },
  { type: 'payment.refunded', revision: 5 },
] as const;

async function deliverRefundEvents(arrival: readonly number[]): Promise<unknown> {
  const customer = newCustomer();
  const { id: orderId } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
  await shop.cancelOrder(customer, orderId);
  const paymentId = randomUUID();
  await shop.sql('order', 'UPDATE orders SET payment_id = $2, refund_revision = 1 WHERE id = $1', [
    orderId,
    paymentId,
  ]);
  const input = { source: 'payment', subject: paymentId };
  const data = { paymentId, orderId, attempt: 1, amountCents: 1_000, currency: 'EUR' };
  const events = refundStory.map(({ type, revision }) =>
    type === 'payment.refunded'
      ? createEvent({ ...input, type, data: { ...data, revision } })
      : createEvent({ ...input, type, data: { ...data, revision, failureCode: 'declined' } }),
  );
  for (const index of arrival) expect(await deliver(events[index]!)).toBe(204);
  const [order] = await shop.sql(
    'order',
    'SELECT step, refund_revision AS revision FROM orders WHERE id = $1',
    [orderId],
  );
  const messages = (await shop.order(customer, orderId))?.timeline.map(({ message }) => message) ?? [];
  expect(new Set(messages).size).toBeGreaterThanOrEqual(messages.length - 1);
  return { ...order, last: messages.at(-1) };
}

describe('with a cancelled order that was paid', () => {
  beforeAll(() => openShopWith('cancel'));
  afterAll(() => shop.close());

  test('refund events in any order, and more than once, leave the newest one last in the timeline', async () => {
    const end = { step: 'CLOSED', revision: 5, last: 'Payment refunded.' };
    expect(await deliverRefundEvents([0, 1, 2])).toEqual(end);
    const arrivals = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => expect(await deliverRefundEvents(arrival)).toEqual(end)),
      { numRuns: 10 },
    );
  });
});
