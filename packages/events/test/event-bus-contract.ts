import { runInTrace } from '@shop/kit/telemetry';
import { eventually } from '@shop/testkit/eventually';
import type { EventBus } from '../src/bus';
import { listEvents, replayEvents } from '../src/operations';
import { ignoredEvent, newEvent, unhandledEvent, unknownEvent } from './support/new-event';
import type { Publisher } from './support/publisher';
import type { Subscriber } from './support/subscriber';

/** The service payment and two subscribers of its events, connected by the bus under test. */
export interface Exchange {
  publisher: Publisher;
  order: Subscriber;
  /** A second subscriber, which must not be affected by failures of the first. */
  user: Subscriber;
  /** Targets of the publisher's outbox: each subscriber, or the broker. */
  receivers: readonly string[];
  /** The bus of the service product. */
  strangersBus: EventBus;
  close(): Promise<void>;
}

const maximumTries = 10;

/** The tests that every bus must pass. `open` receives the settings that all services share. */
export function itBehavesAsAnEventBus(open: (env: Record<string, string>) => Promise<Exchange>): void {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await open({ EVENT_RETRY_MAX_MS: '40' });
  });
  afterAll(() => exchange.close());

  const undelivered = async () => {
    const { publisher, order, user } = exchange;
    const lists = [publisher, order, user].map(({ dataSource }) => listEvents(dataSource));
    return (await Promise.all(lists)).flat();
  };
  const expectEffects = (subscriber: Subscriber, event: ReturnType<typeof newEvent>) =>
    eventually(async () => expect(await subscriber.effectsOf(event)).toBe(1));

  it('delivers each event to every subscriber', async () => {
    const { publisher, order, user } = exchange;
    const events = Array.from({ length: 20 }, newEvent);
    await Promise.all(events.map((event) => publisher.publish(event)));
    for (const event of events) await Promise.all([expectEffects(order, event), expectEffects(user, event)]);
    await eventually(async () => expect(await undelivered()).toEqual([]));
  });

  it('has the effect of an event once if it is published several times', async () => {
    const { publisher, order } = exchange;
    const [event, last] = [newEvent(), newEvent()];
    await Promise.all([publisher.publish(event), publisher.publish(event)]);
    await publisher.publish(last);
    await expectEffects(order, last);
    await eventually(async () => expect(await undelivered()).toEqual([]));
    expect(await order.effectsOf(event)).toBe(1);
  });

  it('stores nothing for an event that every subscriber ignores', async () => {
    const { publisher, order } = exchange;
    const event = ignoredEvent();
    await publisher.publish(event);
    await eventually(async () => expect(await undelivered()).toEqual([]));
    expect(await order.dataSource.query('SELECT FROM inbox WHERE event_id = $1', [event.id])).toEqual([]);
  });

  it('delivers missed events to a subscriber that was unavailable, without delaying others', async () => {
    const { publisher, order, user } = exchange;
    const events = Array.from({ length: 5 }, newEvent);
    await order.stop();
    for (const event of events) await publisher.publish(event);
    for (const event of events) await expectEffects(user, event);
    await order.start();
    for (const event of events) await expectEffects(order, event);
    await eventually(async () => expect(await undelivered()).toEqual([]));
  });

  it('redelivers an event whose handler failed', async () => {
    const { publisher, order } = exchange;
    const event = newEvent();
    order.failOn(event);
    await publisher.publish(event);
    await eventually(() => expect(order.tracesOf(event).length).toBeGreaterThan(1));
    order.heal(event);
    await expectEffects(order, event);
  });

  it(`makes an event that failed ${maximumTries} times a dead letter without delaying others, and delivers it when it is replayed`, async () => {
    const { publisher, order, user } = exchange;
    const [poison, next] = [newEvent(), newEvent()];
    order.failOn(poison);
    await publisher.publish(poison);
    await publisher.publish(next);
    await Promise.all([expectEffects(order, next), expectEffects(user, poison)]);
    await eventually(async () =>
      expect(await undelivered()).toMatchObject([
        { state: 'dead', eventId: poison.id, subscriber: 'order', failures: maximumTries },
      ]),
    );
    expect(await order.effectsOf(poison)).toBe(0);

    order.heal(poison);
    const replay = () => Promise.all([publisher, order].map(({ dataSource }) => replayEvents(dataSource)));
    const first = await replay();
    expect(first.flat()).toEqual([{ eventId: poison.id, subscriber: 'order' }]);
    expect((await replay()).flat()).toEqual([]);
    await expectEffects(order, poison);
  });

  it.each([
    ['does not know', unknownEvent],
    ['knows and has no handler for', unhandledEvent],
  ])(
    'makes an event of a type that the subscriber %s a dead letter of each subscriber',
    async (_what, create) => {
      const { publisher, receivers, order, user } = exchange;
      const event = create();
      await publisher.publishAsNewerVersion(event, receivers);
      await eventually(async () =>
        expect((await undelivered()).sort((a, b) => (a.subscriber! < b.subscriber! ? -1 : 1))).toMatchObject(
          ['order', 'user'].map((subscriber) => ({
            ...{ state: 'dead', eventId: event.id, subscriber, failures: maximumTries },
            lastError: expect.stringContaining(event.type) as string,
          })),
        ),
      );
      const databases = [publisher, order, user].map(({ dataSource }) => dataSource);
      await Promise.all(databases.map((database) => database.query('DELETE FROM dead_letters')));
    },
  );

  it('continues the trace of the event', async () => {
    const { publisher, order } = exchange;
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const event = runInTrace(`00-${traceId}-b7ad6b7169203331-01`, newEvent);
    await publisher.publish(event);
    await expectEffects(order, event);
    expect(order.tracesOf(event)).toEqual([expect.stringContaining(traceId)]);
  });

  it('rejects an event that was not sent by its source', async () => {
    const { publisher, strangersBus, order } = exchange;
    const [forged, next] = [newEvent(), newEvent()];
    const [subscriber = ''] = strangersBus.subscribersOf(forged.type);
    await strangersBus.deliver([forged], subscriber).catch(() => undefined);
    await publisher.publish(next);
    await expectEffects(order, next);
    expect(await order.effectsOf(forged)).toBe(0);
  });
}
