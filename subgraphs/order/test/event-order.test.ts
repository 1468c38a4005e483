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

/** An event of payment about one attempt. */
type AttemptEvent = {
  type: Exclude<PaymentEvent['type'], 'payment.refund_failed'>;
  attempt: number;
  sent: boolean;
  permanent?: boolean;
};

/** The initial step of an order and payment's events about it, in chronological order. */
interface Scenario {
  step: 'PAYING' | 'CLOSED';
  events: AttemptEvent[];
}

const ending = (attempt: number) =>
  ({
    succeeded: [{ type: 'payment.succeeded', attempt, sent: true }],
    declined: [{ type: 'payment.failed', attempt, sent: true }],
    notSent: [{ type: 'payment.failed', attempt, sent: false }],
    notPossible: [{ type: 'payment.failed', attempt, sent: false, permanent: true }],
    // Recorded as failed, charged nevertheless, and refunded.
    chargedAfterFailure: [
      { type: 'payment.failed', attempt, sent: false },
      { type: 'payment.refunded', attempt, sent: true },
    ],
    declinedThenCharged: [
      { type: 'payment.failed', attempt, sent: true },
      { type: 'payment.refunded', attempt, sent: true },
    ],
    chargedTooLate: [
      { type: 'payment.succeeded', attempt, sent: true },
      { type: 'payment.refunded', attempt, sent: true },
    ],
  }) satisfies Record<string, AttemptEvent[]>;

const first = ending(1);
const second = ending(2);
/**
 * Only an attempt that charged nothing is followed by another one; a declined one, unless it
 * cancels the order.
 */
const beginnings: Record<DeclinePolicy, AttemptEvent[][]> = {
  cancel: [[], first.notSent, first.notPossible, first.chargedAfterFailure],
  retry: [
    [],
    first.notSent,
    first.notPossible,
    first.chargedAfterFailure,
    first.declined,
    first.declinedThenCharged,
  ],
};
const scenariosOf = (policy: DeclinePolicy): Scenario[] => [
  ...beginnings[policy].flatMap((events) => {
    const { succeeded, declined, notSent, notPossible, chargedAfterFailure } =
      events.length > 0 ? second : first;
    return [succeeded, declined, notSent, notPossible, chargedAfterFailure].map((last) => ({
      step: 'PAYING' as const,
      events: [...events, ...last],
    }));
  }),
  { step: 'CLOSED', events: first.chargedTooLate },
];

const mostDeliveries = 6;

/** A scenario with a delivery order: every event at least once, some more often. */
const anyArrival = (scenarios: Scenario[]) =>
  fc.constantFrom(...scenarios).chain(({ step, events }) => {
    const all = events.map((_event, index) => index);
    const repeats = fc.array(fc.constantFrom(...all), { maxLength: mostDeliveries - all.length });
    const arrival = repeats.chain((more) => {
      const length = all.length + more.length;
      return fc.shuffledSubarray([...all, ...more], { minLength: length, maxLength: length });
    });
    return fc.record({ step: fc.constant(step), events: fc.constant(events), arrival });
  });

/** @param arrival indices of the events @returns the final state of the order */
async function runScenario(
  { step, events: attemptEvents }: Scenario,
  arrival: readonly number[],
): Promise<unknown> {
  const customer = newCustomer();
  const { id: orderId } = await shop.newOrder(customer, [{ productId, quantity: 1 }]);
  const attempt = Math.max(...attemptEvents.map((event) => event.attempt));
  if (step === 'CLOSED') await shop.cancelOrder(customer, orderId);
  const setUp = 'UPDATE orders SET attempt = $2, step = $3 WHERE id = $1';
  await shop.sql('order', setUp, [orderId, attempt, step]);

  const paymentIds = new Map([1, 2].map((number) => [number, randomUUID()]));
  const events = attemptEvents.map((attributes) =>
    toEvent(attributes, { orderId, paymentId: paymentIds.get(attributes.attempt)! }),
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
  { type, attempt, sent, permanent }: AttemptEvent,
  ids: { orderId: string; paymentId: string },
): PaymentEvent {
  const attributes = { source: 'payment', subject: ids.paymentId };
  const data = { ...ids, attempt, amountCents: 1_000, currency: 'EUR' };
  if (type === 'payment.refunded')
    return createEvent({ ...attributes, type, data: { ...data, revision: 2 } });
  return createEvent({ ...attributes, type, data: { ...data, sent, permanent, failureCode: null } });
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

  test('payment events, repeated and in any order, lead to the same final state', async () => {
    const finalStates = new Map<AttemptEvent[], Promise<unknown>>();
    const endOf = (scenario: Scenario) => {
      const known = finalStates.get(scenario.events) ?? runScenario(scenario, [...scenario.events.keys()]);
      finalStates.set(scenario.events, known);
      return known;
    };
    await fc.assert(
      fc.asyncProperty(anyArrival(scenariosOf(policy)), async ({ arrival, ...scenario }) => {
        expect(await runScenario(scenario, arrival)).toEqual(await endOf(scenario));
      }),
      { numRuns: 25 },
    );
  });
});

/** The events of a refund that succeeded, failed later, and was retried. */
const refundScenario = [
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
  const attributes = { source: 'payment', subject: paymentId };
  const data = { paymentId, orderId, attempt: 1, amountCents: 1_000, currency: 'EUR' };
  const events = refundScenario.map(({ type, revision }) =>
    type === 'payment.refunded'
      ? createEvent({ ...attributes, type, data: { ...data, revision } })
      : createEvent({ ...attributes, type, data: { ...data, revision, failureCode: 'declined' } }),
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

describe('for a cancelled order that was paid', () => {
  beforeAll(() => openShopWith('cancel'));
  afterAll(() => shop.close());

  test('refund events, repeated and in any order, leave the newest one last in the timeline', async () => {
    const end = { step: 'CLOSED', revision: 5, last: 'Payment refunded.' };
    expect(await deliverRefundEvents([0, 1, 2])).toEqual(end);
    const arrivals = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => expect(await deliverRefundEvents(arrival)).toEqual(end)),
      { numRuns: 10 },
    );
  });
});
