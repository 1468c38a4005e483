import { exportOrderState } from '@shop/order/state-export';
import { exportPaymentState } from '@shop/payment/state-export';
import { exportProductState } from '@shop/product/state-export';
import { invariants, type InvariantName } from '../src/invariants/invariant';
import { reconcile } from '../src/reconcile';
import type { ReconcileReport } from '../src/reconcile/tally';
import { openTestShop, type TestShop } from './support/test-shop';

function reconcileShop({ urls }: TestShop): Promise<ReconcileReport> {
  return reconcile({
    product: exportProductState(urls.product),
    order: exportOrderState(urls.order),
    payment: exportPaymentState(urls.payment),
  });
}

const brokenIn = ({ invariants: found }: ReconcileReport) =>
  found.filter(({ breaches }) => breaches > 0).map(({ invariant }) => invariant);

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
beforeEach(() => shop.reset());
afterAll(() => shop.drop());

/** Inserts a refund of an hour ago. @param values status, failure code, is_definite and due_at */
const insertRefund = (values: string) =>
  shop.sql(
    'payment',
    `INSERT INTO refunds (payment_id, provider_key, updated_at, status, failure_code, is_definite, due_at)
     SELECT id, 'refund', now() - interval '1 hour', ${values} FROM payments`,
  );

async function cancelOrder(): Promise<void> {
  await shop.sql('order', `UPDATE orders SET step = 'CLOSED', cancel_reason = 'ADMIN'`);
  await shop.sql('product', `UPDATE reservations SET status = 'RELEASED'`);
  await shop.sql('product', 'UPDATE products SET stock = stock + 2');
}

/** By invariant: a change that violates it, and other invariants that the change violates. */
const violationOf: Record<
  InvariantName,
  { change: string; apply: () => Promise<void>; alsoBreaks?: InvariantName[] }
> = {
  'stock-never-negative': {
    change: 'a product has a stock of -1',
    async apply() {
      await shop.sql('product', 'ALTER TABLE products DROP CONSTRAINT products_stock_not_negative');
      await shop.sql('product', 'UPDATE products SET stock = -1');
    },
    alsoBreaks: ['stock-conserved'],
  },
  'stock-conserved': {
    change: 'the stock of a product lacks a unit',
    apply: () => shop.sql('product', 'UPDATE products SET stock = stock - 1'),
  },
  'stock-sums-agree': {
    change: 'a running sum is wrong',
    apply: () => shop.sql('product', 'UPDATE stock_sums SET reserved = reserved + 1'),
  },
  'order-decided': {
    change: 'an order has been at COMMITTING for an hour',
    apply: () => shop.sql('order', `UPDATE orders SET step = 'COMMITTING', due_at = now()`),
  },
  'payment-decided': {
    change: 'a payment has been unknown for an hour',
    apply: () => shop.sql('payment', `UPDATE payments SET status = 'UNKNOWN', due_at = now()`),
    alsoBreaks: ['order-is-paid'],
  },
  'refund-finished': {
    change: 'a try of a refund has been overdue for an hour',
    apply: () => insertRefund(`'PENDING', NULL, false, now() - interval '1 hour'`),
  },
  'stock-follows-order': {
    change: 'the reservation of a confirmed order has other lines',
    async apply() {
      await shop.sql('product', 'UPDATE reservation_lines SET quantity = 1');
      await shop.sql('product', 'UPDATE products SET stock = stock + 1');
    },
  },
  'reservation-has-order': {
    change: 'stock is reserved for an order that does not exist',
    async apply() {
      await shop.sql(
        'product',
        `INSERT INTO reservations (order_id, status, updated_at) VALUES (uuidv7(), 'HELD', now() - interval '1 hour')`,
      );
    },
  },
  'order-is-paid': {
    change: 'a confirmed order was charged too little',
    async apply() {
      await shop.sql('payment', 'UPDATE payments SET amount_cents = 1999');
      await shop.sql('payment', 'UPDATE simulator.charges SET amount_cents = 1999');
    },
  },
  'charge-has-order': {
    change: 'the charged order is cancelled without a refund',
    apply: () => cancelOrder(),
  },
  'provider-configured': {
    change: 'the provider of a payment is not configured',
    async apply() {
      await shop.sql('payment', `INSERT INTO configured_providers (provider) VALUES ('simulator')`);
      await shop.sql(
        'payment',
        `UPDATE payments SET status = 'UNKNOWN', due_at = now(), provider = 'stripe'`,
      );
      await shop.sql('payment', 'DELETE FROM simulator.charges');
    },
    alsoBreaks: ['payment-decided', 'order-is-paid'],
  },
  'provider-agrees': {
    change: 'the provider has charged the order twice',
    apply: () =>
      shop.sql(
        'payment',
        `INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, settles_at, created_at)
         SELECT key || '!', order_id, amount_cents, currency, outcome, settles_at, created_at FROM simulator.charges`,
      ),
  },
  'event-delivered': {
    change: 'an event has been undelivered for an hour',
    apply: () =>
      shop.sql(
        'payment',
        `INSERT INTO event_deliveries (event_id, subscriber, event, due_tries, failures, due_at)
         SELECT id, 'order', jsonb_build_object('id', id, 'type', 'payment.succeeded', 'time', now() - interval '1 hour'),
                3, 0, now() FROM uuidv7() AS id`,
      ),
  },
  'webhook-processed': {
    change: 'a webhook has been waiting for an hour',
    apply: () =>
      shop.sql(
        'payment',
        `INSERT INTO webhooks (provider, id, type, body, occurred_at, received_at, due_at)
         VALUES ('simulator', 'evt', 'charge.succeeded', '', now(), now() - interval '1 hour', now())`,
      ),
  },
};

const violations = (Object.keys(invariants) as InvariantName[]).map(
  (name) => [name, violationOf[name].change] as const,
);

describe('reconcile', () => {
  it('reports no breach in a consistent shop, and checks all its records', async () => {
    const report = await reconcileShop(shop);
    expect(brokenIn(report)).toEqual([]);
    const unchecked = report.invariants.filter(({ checked }) => checked === 0);
    expect(unchecked.map(({ invariant }) => invariant)).toEqual([
      'refund-finished',
      'provider-configured',
      'event-delivered',
      'webhook-processed',
    ]);
  });

  it.each(violations)('reports a breach of %s if %s', async (invariant) => {
    const { apply, alsoBreaks = [] } = violationOf[invariant];
    await apply();
    expect(brokenIn(await reconcileShop(shop)).sort()).toEqual([invariant, ...alsoBreaks].sort());
  });

  it('reports no breach for an order of 0 that was paid without a provider', async () => {
    await shop.sql('order', 'UPDATE orders SET total_cents = 0');
    await shop.sql('payment', `UPDATE payments SET amount_cents = 0, provider = 'none'`);
    await shop.sql('payment', 'DELETE FROM simulator.charges');
    const report = await reconcileShop(shop);
    expect(brokenIn(report)).toEqual([]);
    expect(report.unchecked).toEqual({});
  });

  it('reports a breach of provider-agrees if an amount above 0 was paid without a provider', async () => {
    await shop.sql('payment', `UPDATE payments SET provider = 'none'`);
    await shop.sql('payment', 'DELETE FROM simulator.charges');
    expect(brokenIn(await reconcileShop(shop))).toEqual(['provider-agrees']);
  });

  it('accepts the charge of a cancelled order while its refund is PENDING and tried', async () => {
    await cancelOrder();
    await insertRefund(`'PENDING', NULL, false, now() + interval '1 hour'`);
    expect(brokenIn(await reconcileShop(shop))).toEqual([]);
  });

  it.each([
    ['definitely', true],
    ['without a response', false],
  ])(
    'reports a refund that failed %s, and its charge, until an operator settles it',
    async (_how, isDefinite) => {
      await cancelOrder();
      await insertRefund(`'FAILED', 'declined', ${isDefinite}, NULL`);
      expect(brokenIn(await reconcileShop(shop)).sort()).toEqual(['charge-has-order', 'refund-finished']);
      await shop.sql(
        'payment',
        `UPDATE refunds SET status = 'SUCCEEDED', failure_code = NULL, is_definite = false, settled_at = now(),
              settled_reason = 'bank transfer'`,
      );
      await shop.sql('payment', `UPDATE payments SET status = 'REFUNDED'`);
      expect(brokenIn(await reconcileShop(shop))).toEqual([]);
    },
  );

  it.each([
    [
      'was settled by hand',
      `'SUCCEEDED', NULL, false, NULL`,
      `WITH settled AS (UPDATE refunds SET settled_at = now(), settled_reason = 'bank transfer')
       UPDATE payments SET status = 'REFUNDED'`,
    ],
    ['has no definite failure', `'FAILED', 'provider_no_answer', false, NULL`, 'SELECT'],
  ])('reports a second charge of an order whose refund %s', async (_how, refund, update) => {
    await cancelOrder();
    await insertRefund(refund);
    await shop.sql('payment', update);
    expect(brokenIn(await reconcileShop(shop))).not.toContain('provider-agrees');
    await violationOf['provider-agrees'].apply();
    expect(brokenIn(await reconcileShop(shop))).toContain('provider-agrees');
  });

  it('reports a charge that is refunded in our records and not at the provider', async () => {
    await cancelOrder();
    await insertRefund(`'SUCCEEDED', NULL, false, NULL`);
    await shop.sql('payment', `UPDATE payments SET status = 'REFUNDED'`);
    expect(brokenIn(await reconcileShop(shop))).toEqual(['provider-agrees']);
  });

  it('reports a breach of payment-decided if a customer has not authenticated for an hour', async () => {
    await shop.sql('payment', `UPDATE payments SET status = 'REQUIRES_ACTION', due_at = now()`);
    expect(brokenIn(await reconcileShop(shop)).sort()).toEqual(['order-is-paid', 'payment-decided']);
  });

  it('reports a recent violation as in progress, not as a breach', async () => {
    await shop.sql('payment', 'UPDATE payments SET amount_cents = 1999, updated_at = now()');
    const report = await reconcileShop(shop);
    expect(brokenIn(report)).toEqual([]);
    const inProgress = report.invariants.filter(({ inProgress: count }) => count > 0);
    expect(inProgress.map(({ invariant }) => invariant)).toEqual(['order-is-paid', 'provider-agrees']);
  });

  it('reports an order that has been at PAYING for an hour without a payment attempt', async () => {
    await shop.sql('order', `UPDATE orders SET step = 'PAYING', payment_id = NULL, due_at = now()`);
    await shop.sql(
      'payment',
      'TRUNCATE refunds, settlements, payments, simulator.refunds, simulator.charges',
    );
    const { invariants: found } = await reconcileShop(shop);
    expect(found.find(({ invariant }) => invariant === 'order-decided')?.examples).toEqual([
      expect.stringMatching(/is still at PAYING, and payment has no attempt of it$/),
    ]);
  });

  it('reports dead letters as warnings, not as breaches', async () => {
    await shop.sql(
      'order',
      `INSERT INTO dead_letters (event_id, subscriber, event, tries, failures)
       SELECT id, 'nats', jsonb_build_object('id', id, 'type', 'order.created', 'time', now() - interval '1 hour'), 10, 10
         FROM uuidv7() AS id`,
    );
    const report = await reconcileShop(shop);
    expect(brokenIn(report)).toEqual([]);
    expect(report.deadLetters).toEqual({ order: 1 });
  });

  it('reports providers whose records it could not compare', async () => {
    await shop.sql('payment', `UPDATE payments SET provider = 'elsewhere'`);
    await shop.sql('payment', 'DELETE FROM simulator.charges');
    const report = await reconcileShop(shop);
    expect(brokenIn(report)).toEqual([]);
    expect(report.unchecked).toEqual({ elsewhere: 1 });
  });
});
