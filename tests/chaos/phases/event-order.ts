import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createServiceCredentials } from '@shop/kit/auth';
import { setTimeout as pause } from 'node:timers/promises';
import { withClient } from '@shop/local-stack/postgres';
import { type Account, registerAccount } from '../clients/account';
import { sendWithRetry } from '../clients/retry';
import { readFinalOrders } from '../history/final-orders';
import type { Random } from '../random/random';
import { toInvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';
import type { Phase } from './phase';

interface PaymentEvent {
  type: 'payment.succeeded' | 'payment.failed' | 'payment.refunded' | 'payment.refund_failed';
  attempt: number;
}

/** Two attempts were not sent; the late charge of one was refunded. The third attempt was paid. */
const events: readonly PaymentEvent[] = [
  { type: 'payment.failed', attempt: 1 },
  { type: 'payment.refunded', attempt: 1 },
  { type: 'payment.failed', attempt: 2 },
  { type: 'payment.refund_failed', attempt: 2 },
  { type: 'payment.succeeded', attempt: 3 },
  // The same content as a separate event. Repeats of one event are added below.
  { type: 'payment.succeeded', attempt: 3 },
];

const attempts = 3;
const unavailable = { payment_method: 'sim_unavailable' };
const ordersAtOnce = 8;
const settledWithinMs = 30_000;

/**
 * Delivers the events of payment in every order, some of them repeated, with payment's service
 * credential. The payment database contains three attempts that charged nothing, because the provider
 * is unavailable; so this phase must run after all phases that compare the databases.
 */
export const eventOrderPhase: Phase = async ({ options, random, shop: openShop, log }) => {
  const shop = await openShop();
  const customer = await registerAccount(shop.send);
  const sequences = plan(options.size === 'full' ? Infinity : 16, random);
  const orders: string[] = [];
  const left = [...sequences];
  await Promise.all(
    Array.from({ length: ordersAtOnce }, async () => {
      for (let sequence = left.pop(); sequence; sequence = left.pop())
        orders.push(await sendEvents(shop, customer, sequence));
    }),
  );
  log(`${orders.length} sequences delivered`);
  const statuses = await untilSettled(shop, orders);
  return {
    results: [
      toInvariantResult(
        'the final state is the same in every order of events',
        `${orders.length} orders, each with another permutation of ${events.length} payment events and repeats among them: ${[...new Set(statuses)].join(', ')}`,
        statuses.filter((status) => status !== 'CONFIRMED'),
      ),
    ],
  };
};

/** Up to `limit` permutations. In each, one or more events are repeated at a later position. */
function plan(limit: number, random: Random): PaymentEvent[][] {
  const chosen = random.shuffle(permutations(events)).slice(0, limit);
  return chosen.map((sequence) => {
    const repeated = [...sequence];
    for (const paymentEvent of random.shuffle(sequence).slice(0, 1 + random.below(sequence.length))) {
      const from = repeated.indexOf(paymentEvent);
      repeated.splice(from + 1 + random.below(repeated.length - from), 0, paymentEvent);
    }
    return repeated;
  });
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/**
 * Places an order, fails its three attempts and delivers the events.
 *
 * @returns the ID of the order
 */
async function sendEvents(shop: ChaosShop, customer: Account, sequence: PaymentEvent[]): Promise<string> {
  const items = [{ product_id: shop.assortment.plentiful[0]!, quantity: 1 }];
  const placed = await sendWithRetry(customer.send, { method: 'POST', path: '/v1/orders', body: { items } });
  if (placed.status !== 201) throw new Error(`no order was placed: ${placed.status} ${placed.code}`);
  const orderId = String(placed.body['id']);
  await failAllAttempts(shop, customer, orderId);
  const ids = new Map(events.map((paymentEvent) => [paymentEvent, randomUUID()]));
  const payments = Array.from({ length: attempts + 1 }, () => randomUUID());
  const total = Number(placed.body['total_cents']);
  for (const paymentEvent of sequence) {
    const event = eventOf(paymentEvent, {
      id: ids.get(paymentEvent)!,
      paymentId: payments[paymentEvent.attempt]!,
      orderId,
      total,
    });
    await deliver(shop, event);
  }
  return orderId;
}

/** Retries until the order has used its attempts; an overloaded shop may reject a request first. */
async function failAllAttempts({ stack }: ChaosShop, customer: Account, orderId: string): Promise<void> {
  const path = `/v1/orders/${orderId}/pay`;
  const timeoutAtMs = performance.now() + settledWithinMs;
  while ((await attemptsOf(stack.databaseUrls.order, orderId)) < attempts) {
    const paid = await customer.send({ method: 'POST', path, key: randomUUID(), body: unavailable });
    const isRetryable = paid.status === null || paid.status === 503 || paid.code === 'order_state_conflict';
    if (!isRetryable || performance.now() > timeoutAtMs)
      throw new Error(`the provider is unavailable, and payOrder returned ${paid.status} ${paid.code}`);
  }
}

function attemptsOf(orderDatabaseUrl: string, orderId: string): Promise<number> {
  return withClient(orderDatabaseUrl, async (client) => {
    const sql = 'SELECT attempt FROM orders WHERE id = $1';
    return (await client.query<{ attempt: number }>(sql, [orderId])).rows[0]!.attempt;
  });
}

function eventOf(
  { type, attempt }: PaymentEvent,
  given: { id: string; paymentId: string; orderId: string; total: number },
): object {
  const { id, paymentId, orderId, total } = given;
  const charge = { paymentId, orderId, attempt, amountCents: total, currency: 'EUR' };
  const outcome = {
    failureCode: type === 'payment.failed' ? 'provider_unavailable' : null,
    sent: type !== 'payment.failed',
  };
  return {
    ...{ specversion: '1.0', id, source: 'payment', type, subject: paymentId },
    ...{ time: new Date().toISOString(), datacontenttype: 'application/json' },
    data: dataOf(type, charge, outcome),
  };
}

function dataOf(type: PaymentEvent['type'], charge: object, outcome: object): object {
  switch (type) {
    case 'payment.refunded':
      return { ...charge, revision: 2 };
    case 'payment.refund_failed':
      return { ...charge, revision: 2, failureCode: 'declined' };
    case 'payment.succeeded':
    case 'payment.failed':
      return { ...charge, ...outcome };
    default:
      return type satisfies never;
  }
}

async function deliver({ stack }: ChaosShop, event: object): Promise<void> {
  const keyFile = join(stack.dataDir, 'keys', 'services', 'payment.pem');
  const credential = createServiceCredentials({ service: 'payment', keyFile }).for('order');
  const response = await fetch(`${stack.services.order.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-service-authorization': `Bearer ${credential}` },
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(`an event was rejected: ${response.status} ${await response.text()}`);
}

async function untilSettled({ stack }: ChaosShop, orderIds: readonly string[]): Promise<string[]> {
  const ours = new Set(orderIds);
  const timeoutAtMs = performance.now() + settledWithinMs;
  for (;;) {
    const orders = (await readFinalOrders(stack.databaseUrls.order)).filter(({ id }) => ours.has(id));
    const statuses = orders.map(({ status }) => status ?? 'a draft');
    if (!statuses.includes('PENDING') || performance.now() > timeoutAtMs) return statuses;
    await pause(200);
  }
}
