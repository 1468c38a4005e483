import { createDuePoller, type DuePoller } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import { inSpan } from '@shop/kit/telemetry';
import type { DataSource } from 'typeorm';
import { type EventBus, SubscriberUnavailable } from '../bus';
import { isKnownEventType, messagingSpan } from '../contracts';
import {
  type ClaimedDelivery,
  deliveries,
  type Delivery,
  deliveryTable,
  everySubscriber,
  type FailedTry,
} from './delivery.repository';
import { deliveriesTo } from './outbox';
import { pauseMs, Reachability, type RetryPolicy } from './reachability';

/** Events per claim; those of one subscriber are delivered in one request. */
const batchSize = 100;

/** Subscribers that are delivered to concurrently. */
const concurrency = 4;

/**
 * Under load, deliveries are batches of half a second; when idle, an event is delivered at once.
 */
const spacingMs = 500;

export interface RelayParts {
  bus: EventBus;
  policy: RetryPolicy;
  dataSource: DataSource;
  logger: Logger;
}

/**
 * Delivers the events of `event_deliveries` in batches per subscriber. Events for an unavailable
 * subscriber are retried without end; an event that is rejected `maximumFailures` times is moved to
 * the dead letters.
 */
export function createRelay({ bus, policy, dataSource, logger }: RelayParts): DuePoller {
  const reachability = new Reachability(policy);
  const poller = createDuePoller<Delivery>({
    ...{ name: 'events', dataSource, logger },
    // A backlog for an unavailable subscriber stays untouched, except for the batch of each try.
    table: {
      ...deliveryTable,
      except: { condition: 'subscriber = ANY ($3::text[])', values: () => [reachability.unavailable()] },
    },
    ...{ handle, concurrency, batchSize, spacingMs },
    traceparentOf: ({ event }) => event.traceparent,
    group: (rows) => [...Map.groupBy(rows, ({ subscriber }) => subscriber).values()],
  });

  async function handle(batch: readonly ClaimedDelivery[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    const { subscriber } = first;
    const events = batch.map(({ event }) => event);
    if (subscriber === everySubscriber) return expand(batch);
    const msToWait = reachability.msUntilNextTry(subscriber);
    if (msToWait > 0) return postpone(unavailable(batch, `${subscriber} is unavailable`, msToWait));
    try {
      const { name, options } = messagingSpan('publish', events);
      const attributes = { ...options.attributes, 'peer.service': subscriber };
      const publish = () => bus.deliver(events, subscriber);
      const refused = await inSpan(name, { ...options, kind: 'producer', attributes }, publish);
      reachability.reached(subscriber);
      await store(subscriber, batch, refused);
    } catch (error) {
      if (!(error instanceof SubscriberUnavailable)) throw error;
      reachability.missed(subscriber);
      const pause = reachability.msUntilNextTry(subscriber);
      await postpone(unavailable(batch, error.message, pause));
    }
  }

  /** An event of an unknown type waits for a newer process, which may know its subscribers. */
  async function expand(batch: readonly ClaimedDelivery[]): Promise<void> {
    const { known = [], unknown = [] } = Object.groupBy(batch, ({ event }) =>
      isKnownEventType(event.type) ? 'known' : 'unknown',
    );
    if (known.length > 0) {
      const byId = known.map(({ event }) => [event.id, deliveriesTo(bus, event)] as const);
      await deliveries.expand(dataSource, Object.fromEntries(byId));
      poller.wake();
    }
    const error = 'The type of the event is unknown in this version.';
    await postpone(unavailable(unknown, error, policy.maximumPauseMs));
  }

  async function store(
    subscriber: string,
    batch: readonly ClaimedDelivery[],
    refused: ReadonlyMap<string, Error>,
  ): Promise<void> {
    const delivered = batch.filter(({ event }) => !refused.has(event.id)).map(({ event }) => event.id);
    const failed = batch.flatMap((delivery): FailedTry[] => {
      const error = refused.get(delivery.event.id);
      if (!error) return [];
      const pause = pauseMs(policy, delivery.failures + 1);
      const isFailure = !(error instanceof SubscriberUnavailable);
      return [{ delivery, isFailure, error: error.message, pauseMs: pause }];
    });
    const isLast = ({ delivery, isFailure }: FailedTry) =>
      isFailure && delivery.failures + 1 >= policy.maximumFailures;
    const dead = failed.filter(isLast);
    if (delivered.length > 0) await deliveries.remove(dataSource, subscriber, delivered);
    if (dead.length > 0) await moveToDeadLetters(dead);
    await postpone(failed.filter((tried) => !isLast(tried)));
  }

  async function moveToDeadLetters(dead: readonly FailedTry[]): Promise<void> {
    const moved = new Set(
      (await deliveries.moveToDeadLetters(dataSource, dead)).map(({ eventId }) => eventId),
    );
    for (const { delivery, error } of dead) {
      const { subscriber, event } = delivery;
      const { id: eventId, type } = event;
      if (!moved.has(eventId)) continue;
      logger.error('event moved to dead letters', { eventId, type, subscriber, reason: error });
    }
  }

  async function postpone(tries: readonly FailedTry[]): Promise<void> {
    if (tries.length === 0) return;
    await deliveries.postpone(dataSource, tries);
    poller.wake(Math.min(...tries.map((tried) => tried.pauseMs)));
  }

  return poller;
}

/** The tries of a batch that its subscriber did not process. */
function unavailable(batch: readonly ClaimedDelivery[], error: string, pause: number): FailedTry[] {
  return batch.map((delivery) => ({ delivery, isFailure: false, error, pauseMs: pause }));
}
