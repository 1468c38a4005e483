import { createEvent } from '../src/contracts';
import { serviceCredential } from '@shop/testkit/keys';
import { ignoredEvent, newEvent, unhandledEvent } from './support/new-event';
import { startSubscriber, type Subscriber } from './support/subscriber';

let order: Subscriber;
beforeAll(async () => {
  order = await startSubscriber('order', {});
});
afterAll(() => order.close());

async function post(body: object, caller = 'payment'): Promise<Response> {
  return fetch(`${order.url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-authorization': `Bearer ${serviceCredential(caller, 'order')}`,
    },
    body: JSON.stringify(body),
  });
}
const statusOf = async (body: object, caller?: string) => (await post(body, caller)).status;

describe('POST /events', () => {
  it('applies an event once, however often and concurrently it is delivered', async () => {
    const event = newEvent();
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(event)));
    expect([...statuses, await statusOf(event)]).toEqual(Array.from({ length: 11 }, () => 204));
    expect(await order.effectsOf(event)).toBe(1);
  });

  it('does not store an event whose handler failed, so that the next delivery applies it', async () => {
    const event = newEvent();
    order.failOn(event);
    expect(await statusOf(event)).toBe(500);
    expect(await order.effectsOf(event)).toBe(0);
    order.heal(event);
    expect(await statusOf(event)).toBe(204);
    expect(await order.effectsOf(event)).toBe(1);
  });

  it.each([
    ['is unavailable', () => order.loseDatabaseOn],
    ['has too much to do', () => order.overloadDatabaseOn],
  ])('returns 503 with Retry-After if the database %s', async (_what, spoil) => {
    const event = newEvent();
    spoil()(event);
    const { status, headers } = await post(event);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    order.heal(event);
    expect(await statusOf(event)).toBe(204);
  });

  const inboxRows = (ids: string[]) =>
    order.dataSource.query('SELECT FROM inbox WHERE event_id = ANY ($1)', [ids]);

  it('acknowledges a type that it ignores, without a row in the inbox', async () => {
    const ignored = ignoredEvent();
    expect(await statusOf(ignored)).toBe(204);
    expect(await inboxRows([ignored.id])).toEqual([]);
  });

  it.each([
    ['does not know', { ...newEvent(), type: 'payment.disputed', data: {} }],
    ['knows and has no handler for', unhandledEvent()],
  ])(
    'returns 422 for a type that it %s, because acknowledging would lose the event',
    async (_what, event) => {
      const response = await post(event);
      expect(response.status).toBe(422);
      expect(await response.json()).toEqual({ error: expect.stringContaining(event.type) as string });
      expect(await inboxRows([event.id])).toEqual([]);
    },
  );

  it('rejects an invalid event', async () => {
    expect(await statusOf({ specversion: '1.0' })).toBe(400);
  });

  it('rejects an event that was not sent by its source', async () => {
    const event = newEvent();
    expect(await statusOf(event, 'gateway')).toBe(403);
    expect(await statusOf(createEvent({ ...event, source: 'gateway' }), 'gateway')).toBe(400);
    expect(await order.effectsOf(event)).toBe(0);
  });

  describe('with an array', () => {
    it('consumes all events in one transaction', async () => {
      const events = Array.from({ length: 5 }, newEvent);
      expect(await statusOf([...events, ignoredEvent()])).toBe(204);
      expect(await statusOf(events)).toBe(204);
      for (const event of events) expect(await order.effectsOf(event)).toBe(1);
      expect(order.batches).toContainEqual(expect.arrayContaining(events.map(({ id }) => id)));
    });

    it('consumes the other events if one is rejected, and returns its ID and the reason', async () => {
      const [good, failing, unhandled] = [newEvent(), newEvent(), unhandledEvent()];
      const unknown = { ...newEvent(), type: 'payment.disputed', data: {} };
      order.failOn(failing);
      const response = await post([good, failing, unhandled, unknown]);
      expect(response.status).toBe(200);
      const { refused } = (await response.json()) as { refused: { id: string; error: string }[] };
      expect(Object.fromEntries(refused.map(({ id, error }) => [id, error]))).toEqual({
        [failing.id]: 'The handler failed.',
        [unhandled.id]: expect.stringContaining(unhandled.type) as string,
        [unknown.id]: expect.stringContaining(unknown.type) as string,
      });
      expect(await order.effectsOf(good)).toBe(1);
      expect(await order.effectsOf(failing)).toBe(0);
      expect(await inboxRows([failing.id, unhandled.id, unknown.id])).toEqual([]);
    });

    it('does not count a rejection for an event that finds the database overloaded', async () => {
      const [good, slow] = [newEvent(), newEvent()];
      order.overloadDatabaseOn(slow);
      const response = await post([good, slow]);
      expect([response.status, await response.json()]).toEqual([
        200,
        { refused: [{ id: slow.id, error: 'the database is overloaded', isUnavailable: true }] },
      ]);
      expect(await order.effectsOf(good)).toBe(1);
      order.heal(slow);
      expect(await statusOf([good, slow])).toBe(204);
      expect(await order.effectsOf(slow)).toBe(1);
    });

    it('consumes none if one was not sent by its source', async () => {
      const event = newEvent();
      const productId = event.data.orderId;
      const foreign = createEvent({
        ...{ source: 'product', type: 'product.stock_depleted', subject: productId },
        data: { productId, sku: 'SKU-1' },
      });
      expect(await statusOf([event, foreign])).toBe(403);
      expect(await statusOf([event], 'gateway')).toBe(403);
      expect(await order.effectsOf(event)).toBe(0);
    });
  });
});
