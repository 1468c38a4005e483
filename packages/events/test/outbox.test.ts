import { inTransaction } from '@shop/kit/database';
import { PeerError } from '@shop/kit/peer';
import { eventually } from '@shop/testkit/eventually';
import { countEvents, listEvents, showEvent } from '../src/operations';
import { operatorOutbox } from '../src/outbox';
import { newEvent, unknownEvent } from './support/new-event';
import { type Publisher, startPublisher } from './support/publisher';

const types = ['payment.succeeded'] as const;
const refused = new Set<string>();
const delivered: string[] = [];

/** A subscriber that rejects the events in `refused`. */
const choosy = {
  async post(_path: string, body: object) {
    const { id } = body as { id: string };
    if (refused.has(id)) throw new Error('no');
    delivered.push(id);
    await Promise.resolve();
  },
};

let publisher: Publisher;
beforeAll(async () => {
  publisher = await startPublisher(
    { EVENT_RETRY_MAX_MS: '40' },
    { order: { peer: choosy, types: [...types] } },
  );
});
afterAll(() => publisher.close());

describe('The outbox', () => {
  it('contains an event if and only if the transaction commits', async () => {
    const [kept, lost] = [newEvent(), newEvent()];
    await publisher.publish(kept);
    const rolledBack = inTransaction(publisher.dataSource, async (transaction) => {
      await publisher.outbox.publish(transaction, lost);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await eventually(() => expect(delivered).toContain(kept.id));
    expect(delivered).not.toContain(lost.id);
  });

  it('lists and counts dead letters for operators', async () => {
    const event = newEvent();
    refused.add(event.id);
    await publisher.publish(event);
    await eventually(async () =>
      expect(await countEvents(publisher.dataSource)).toEqual({
        undelivered: 0,
        oldestAgeSeconds: 0,
        deadLetters: 1,
      }),
    );
    const entry = {
      ...{ state: 'dead', eventId: event.id, type: event.type, subject: event.subject, subscriber: 'order' },
      ...{ tries: 10, failures: 10, lastError: 'no' },
      ...{ ageSeconds: expect.any(Number), diedAt: expect.any(Date) },
    };
    expect(await listEvents(publisher.dataSource, { state: 'dead' })).toEqual([entry]);
    expect(await showEvent(publisher.dataSource, event.id)).toEqual([{ ...entry, event }]);
    expect(await listEvents(publisher.dataSource, { type: 'payment.failed' })).toEqual([]);
  });
});

describe('While a delivery is in progress', () => {
  it('further events accumulate and are delivered together', async () => {
    const gate = Promise.withResolvers<void>();
    const sizes: number[] = [];
    const slow = {
      async post(_path: string, body: object) {
        sizes.push(Array.isArray(body) ? body.length : 1);
        if (sizes.length === 1) await gate.promise;
        return undefined;
      },
    };
    const busy = await startPublisher({}, { order: { peer: slow, types: [...types] } });
    await busy.publish(newEvent());
    await eventually(() => expect(sizes).toEqual([1]));
    await Promise.all(Array.from({ length: 30 }, () => busy.publish(newEvent())));
    await eventually(() => expect(sizes.reduce((sum, size) => sum + size)).toBe(31));
    gate.resolve();
    expect(sizes.length).toBeLessThan(10);
    await eventually(async () =>
      expect(await countEvents(busy.dataSource)).toMatchObject({ undelivered: 0 }),
    );
    await busy.close();
  });
});

describe('An event of a program that does not know the transport', () => {
  it('is delivered to each subscriber, and has a dead letter for a subscriber that rejects it', async () => {
    const event = newEvent();
    refused.add(event.id);
    await inTransaction(publisher.dataSource, (transaction) => operatorOutbox.publish(transaction, event));
    await eventually(async () =>
      expect(await showEvent(publisher.dataSource, event.id)).toMatchObject([
        { state: 'dead', subscriber: 'order', failures: 10 },
      ]),
    );
  });

  it('waits for a newer process if this version does not know its type, while others are delivered', async () => {
    const [known, unknown] = [newEvent(), unknownEvent()];
    await inTransaction(publisher.dataSource, (transaction) =>
      operatorOutbox.publish(transaction, known, unknown),
    );
    await eventually(() => expect(delivered).toContain(known.id));
    await eventually(async () =>
      expect(await showEvent(publisher.dataSource, unknown.id)).toMatchObject([
        { state: 'retrying', subscriber: null, failures: 0 },
      ]),
    );
    expect(await showEvent(publisher.dataSource, known.id)).toEqual([]);
    expect(delivered.filter((id) => id === known.id)).toHaveLength(1);
  });
});

describe('A backlog of events for an unavailable subscriber', () => {
  /** Whether it responds, and its requests. */
  const order = { isAvailable: false, requests: 0, events: new Set<string>() };
  const peer = {
    async post(_path: string, body: object) {
      order.requests += 1;
      await Promise.resolve();
      if (!order.isAvailable) throw new PeerError('order', 'unknown', 'no response');
      for (const { id } of Array.isArray(body) ? (body as { id: string }[]) : [body as { id: string }])
        order.events.add(id);
    },
  };
  const backlog = 500;
  let shop: Publisher;
  beforeAll(async () => {
    shop = await startPublisher({}, { order: { peer, types: [...types] } });
  });
  afterAll(() => shop.close());

  it('is claimed one batch per try only, and is delivered when the subscriber responds', async () => {
    const events = Array.from({ length: backlog }, newEvent);
    await inTransaction(shop.dataSource, (transaction) => shop.outbox.publish(transaction, ...events));
    shop.outbox.wake();
    await eventually(() => expect(order.requests).toBeGreaterThanOrEqual(4));
    const [claims] = await shop.dataSource.query<[{ count: number; rows: number }]>(
      'SELECT sum(due_tries)::int AS count, count(*)::int AS rows FROM event_deliveries',
    );
    expect(claims.rows).toBe(backlog);
    // A claim that is running has no request yet.
    expect(claims.count).toBeLessThanOrEqual(100 * (order.requests + 1));

    order.isAvailable = true;
    await eventually(() => expect(order.events.size).toBe(backlog));
  });
});
