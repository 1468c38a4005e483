import { randomUUID } from 'node:crypto';
import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { createDataSource } from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';
import { orderDatabase } from '../src/data-source';
import { paymentEventHandlers } from '../src/events/payment-events';
import type { OrderRow } from '../src/order/persistence/order.entity';
import { OrderDetailsRepository } from '../src/order/persistence/order-details.repository';
import { OrderRepository } from '../src/order/persistence/order.repository';
import type { OrderTransitionInput } from '../src/order/state/order-state';
import { OrderRecorder } from '../src/order/steps/order-recorder';

// A process that was paused has read a row that others have changed since then: its lease has
// expired.

let database: TestDatabase;
let dataSource: DataSource;
let orders: OrderRepository;
let recorder: OrderRecorder;
let isWoken = false;
beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ ...orderDatabase, url: database.url }).initialize();
  orders = new OrderRepository(dataSource);
  const outbox = {
    hasSubscribers: () => true,
    deliveriesOf: (events: readonly object[]) =>
      JSON.stringify(events.map((event) => ({ subscriber: 'test', event }))),
    publish: () => Promise.resolve(),
    wake: () => undefined,
  };
  const wakePoller = () => void (isWoken = true);
  recorder = new OrderRecorder({ orders, outbox, timeToPaySeconds: 900, wakePoller });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function newOrder(step = 'AWAITING_PAYMENT', attempt = 0): Promise<OrderRow> {
  const [{ id }] = await dataSource.query<[{ id: string }]>(
    `INSERT INTO orders (user_id, step, attempt, currency, total_cents, expires_at, due_at)
     VALUES (uuidv7(), $1, $2, 'EUR', 1000, now() + interval '1 hour', now()) RETURNING id`,
    [step, attempt],
  );
  return (await orders.findById(id))!;
}

const started = ({ isOverdue }: { isOverdue: boolean }): OrderTransitionInput => ({
  ...{ type: 'payment_started', paymentMethod: null, returnUrl: null },
  ...{ isOverdue, maximumAttempts: 10 },
});
const succeeded = (attempt = 1): OrderTransitionInput => ({
  ...{ type: 'payment_succeeded', attempt, paymentId: randomUUID(), amountMatches: true },
});

const messagesOf = async (orderId: string) =>
  (await new OrderDetailsRepository(dataSource).findTimelines([orderId])).map(({ message }) => message);

describe('A change of an order', () => {
  it('is decided again if the order has changed since it was read', async () => {
    const stale = await newOrder();
    await recorder.record(stale, { type: 'cancelled', by: 'CUSTOMER' });

    const recorded = await recorder.record(stale, started);

    expect(recorded).toMatchObject({ kind: 'unchanged', order: { step: 'RELEASING', version: 1 } });
    expect(await messagesOf(stale.id)).toEqual(['Cancelled by the customer.']);
  });

  it('is written once by concurrent processes that have read the same version', async () => {
    const order = await newOrder();

    const recorded = await Promise.all(Array.from({ length: 20 }, () => recorder.record(order, started)));

    expect(recorded.filter(({ kind }) => kind === 'moved')).toHaveLength(1);
    expect(await orders.findById(order.id)).toMatchObject({ step: 'PAYING', attempt: 1, version: 1 });
    expect(await messagesOf(order.id)).toEqual(['Payment started.']);
  });

  it('after the expiry of the lease does not overwrite the change of the next owner', async () => {
    const claimed = await newOrder('PAYING', 1);
    const next = (await orders.findById(claimed.id))!;
    const { order: paid } = await recorder.record(next, succeeded());

    const late = await recorder.record(claimed, {
      ...{ type: 'payment_failed', attempt: 1, paymentId: randomUUID(), retry: null },
    });

    expect(late.kind).toBe('unchanged');
    expect(await orders.findById(claimed.id)).toEqual(paid);
  });

  it('does not pay an order that expired after it was read', async () => {
    const order = await newOrder();
    await dataSource.query('UPDATE orders SET expires_at = now() WHERE id = $1', [order.id]);
    expect(order.isOverdue).toBe(false);

    expect((await recorder.record(order, started)).kind).toBe('unchanged');
    expect(await orders.findById(order.id)).toMatchObject({ step: 'AWAITING_PAYMENT', version: 0 });
  });

  it('does not expire an order that has not expired by the clock of the database', async () => {
    const order = { ...(await newOrder()), isOverdue: true };
    const recorded = await recorder.record(order, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
    expect(recorded.kind).toBe('unchanged');
  });

  it('writes the event with the sequence of its timeline entry, which increases', async () => {
    const order = await newOrder('PAYING', 1);
    const { order: paid } = await recorder.record(order, succeeded());
    await recorder.record(paid!, { type: 'cancelled', by: 'ADMIN' });

    const [events, entries] = await Promise.all([
      dataSource.query<{ sequence: number }[]>(
        `SELECT (event #>> '{data,sequence}')::bigint AS sequence FROM event_deliveries
          WHERE event ->> 'subject' = $1 ORDER BY event ->> 'type' DESC`,
        [order.id],
      ),
      dataSource.query<object[]>('SELECT sequence FROM order_events WHERE order_id = $1 ORDER BY sequence', [
        order.id,
      ]),
    ]);
    expect(events).toHaveLength(2);
    expect(events).toEqual(entries);
  });
});

describe('A key that is claimed with a change', () => {
  const claimOf = (userId: string) => ({
    ...{ userId, key: 'key', operation: 'payOrder' as const, requestHash: Buffer.from('h'), result: null },
  });
  const paying = (order: OrderRow) => ({ ...pay, attempt: order.attempt + 1 });
  const pay = {
    ...{
      step: 'PAYING' as const,
      unreachableAttempts: 0,
      paymentMethod: null,
      returnUrl: null,
      resumed: false,
    },
  };
  const keysOf = (userId: string) =>
    dataSource.query<object[]>('SELECT order_id AS "orderId" FROM idempotency_keys WHERE user_id = $1', [
      userId,
    ]);

  it('is not claimed if the order has changed since it was read', async () => {
    const stale = await newOrder();
    await recorder.record(stale, { type: 'cancelled', by: 'CUSTOMER' });
    const moved = await recorder.move(stale, started(stale), paying(stale), { claim: claimOf(stale.userId) });
    expect(moved).toBeNull();
    expect(await keysOf(stale.userId)).toEqual([]);
  });

  it('changes nothing if it was used', async () => {
    const [first, second] = [await newOrder(), await newOrder()];
    const claim = claimOf(first.userId);
    await recorder.move(first, started(first), paying(first), { claim });

    const moved = await recorder.move(second, started(second), paying(second), { claim });

    expect(moved).toBeNull();
    expect(await orders.findById(second.id)).toEqual(second);
    expect(await keysOf(first.userId)).toEqual([{ orderId: first.id }]);
  });

  it.each([true, false])(
    'is claimed with a change (a change without a key: %s) while a poller claims the order',
    async (isWithoutKey) => {
      const order = await newOrder();
      const poller = dataSource.createQueryRunner();
      await poller.startTransaction();
      await poller.query('UPDATE orders SET due_at = now(), due_tries = 1 WHERE id = $1', [order.id]);
      const claim = claimOf(order.userId);
      const moving = recorder.move(order, started(order), paying(order), isWithoutKey ? {} : { claim });
      await eventually(async () => {
        const waiting = await dataSource.query<object[]>(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      await poller.commitTransaction();
      await poller.release();

      expect(await moving).toMatchObject({ step: 'PAYING', version: 1 });
      expect(await keysOf(order.userId)).toHaveLength(isWithoutKey ? 0 : 1);
    },
  );

  it('is claimed for one of two orders by concurrent requests', async () => {
    const pair = [await newOrder(), await newOrder()];
    const claim = claimOf(randomUUID());
    const moved = await Promise.all(
      pair.map((order) => recorder.move(order, started(order), paying(order), { claim })),
    );
    expect(moved.filter((order) => order !== null)).toHaveLength(1);
  });
});

describe('A batch of payment events', () => {
  const paymentEvent = (orderId: string, attempt = 1): PaymentEvent => {
    const data = { paymentId: randomUUID(), orderId, attempt, amountCents: 1_000, currency: 'EUR' };
    return createEvent({
      ...{ source: 'payment', type: 'payment.succeeded', subject: data.paymentId },
      data: { ...data, sent: true, failureCode: null },
    });
  };
  const handle = (events: PaymentEvent[]) => {
    const { handle: run } = paymentEventHandlers({
      ...{ orders, recorder, details: new OrderDetailsRepository(dataSource) },
      declinePolicy: { onDecline: 'cancel', maximumAttempts: 10 },
    });
    return dataSource.transaction((transaction) => run(transaction, events));
  };

  it('changes its orders, makes them due, and wakes the poller after the commit', async () => {
    const pair = [await newOrder('PAYING', 1), await newOrder('PAYING', 1)];
    isWoken = false;
    const afterCommit = await handle(pair.map(({ id }) => paymentEvent(id)));
    expect(isWoken).toBe(false);
    afterCommit?.();
    expect(isWoken).toBe(true);
    const steps = await dataSource.query<object[]>(
      `SELECT step, due_at <= now() AS "isDue" FROM orders WHERE id = ANY ($1)`,
      [pair.map(({ id }) => id)],
    );
    expect(steps).toEqual(pair.map(() => ({ step: 'COMMITTING', isDue: true })));
  });

  it('is rolled back if the state of one order does not allow its payment', async () => {
    const order = await newOrder('PAYING', 1);
    await expect(handle([paymentEvent(order.id), paymentEvent(randomUUID())])).rejects.toThrow(
      /succeeded, but the state of order .* does not allow it/,
    );
    expect(await orders.findById(order.id)).toEqual(order);
  });

  it('of repeats does not wake the poller', async () => {
    const order = await newOrder('PAYING', 1);
    const event = paymentEvent(order.id);
    await handle([event]);
    expect(await handle([event])).toBeUndefined();
  });
});
