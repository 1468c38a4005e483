import { type Peer, PeerError } from '@shop/kit/peer';
import { z } from 'zod';
import type { ShopEvent, ShopEventType } from '../contracts';

/**
 * Delivers events to their subscribers at least once, so a receiver must handle duplicates. A bus
 * tries once; the outbox decides when to retry.
 */
export interface EventBus {
  /**
   * Each subscriber gets its own deliveries. The broker is a single subscriber, `nats`, which
   * distributes the events.
   */
  subscribersOf(type: ShopEventType): readonly string[];
  /**
   * Resolves when the subscriber has accepted or rejected each event. A name that is not a
   * subscriber, for example after a change of the transport, means all subscribers.
   *
   * @returns the rejected events by ID, with the reason
   * @throws SubscriberUnavailable if the events were neither accepted nor rejected
   */
  deliver(events: readonly ShopEvent[], subscriber: string): Promise<RejectedEvents>;
}

/** SubscriberUnavailable: this event was not processed. */
export type RejectedEvents = ReadonlyMap<string, Error>;

/**
 * The events were neither accepted nor rejected: the subscriber did not respond, or responded that
 * it is unavailable.
 */
export class SubscriberUnavailable extends Error {
  constructor(subscriber: string, { cause }: { cause: unknown }) {
    super(`${subscriber} is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = 'SubscriberUnavailable';
  }
}

/** Subscribers by their services' names. */
export type HttpSubscribers = Readonly<Record<string, HttpSubscriber>>;

export interface HttpSubscriber {
  peer: Pick<Peer, 'post'>;
  types: readonly ShopEventType[];
}

/** Statuses that do not reject the events: not authenticated, timeout, rate limit, unavailable. */
const unavailableStatuses = new Set([401, 408, 429, 502, 503, 504]);

const batchResponse = z.object({
  refused: z.array(z.object({ id: z.string(), error: z.string(), isUnavailable: z.boolean() })),
});

/** Posts events to `/events` of the services that subscribe to their types. Needs no broker. */
export function createHttpEventBus(subscribers: HttpSubscribers): EventBus {
  const subscribersOf = (type: ShopEventType) =>
    Object.keys(subscribers).filter((name) => subscribers[name]?.types.includes(type));

  async function deliver(events: readonly ShopEvent[], name: string): Promise<RejectedEvents> {
    const subscriber = subscribers[name];
    if (!subscriber) return deliverToAll(events);
    try {
      return await post(name, subscriber, events);
    } catch (cause) {
      if (isUnavailable(cause)) throw new SubscriberUnavailable(name, { cause });
      if (events.length === 1) return new Map(events.map(({ id }) => [id, cause as Error]));
    }
    // The whole request was rejected: a subscriber of the previous version accepts no batches.
    return deliverOneByOne(events.map((event) => [name, [event]]));
  }

  function deliverToAll(events: readonly ShopEvent[]): Promise<RejectedEvents> {
    const wanted = Object.entries(subscribers).map(
      ([name, { types }]) => [name, events.filter(({ type }) => types.includes(type))] as const,
    );
    return deliverOneByOne(wanted.filter(([, batch]) => batch.length > 0));
  }

  async function deliverOneByOne(
    batches: readonly (readonly [subscriber: string, events: readonly ShopEvent[]])[],
  ): Promise<RejectedEvents> {
    const refused = new Map<string, Error>();
    for (const [name, events] of batches)
      for (const [id, error] of await deliver(events, name)) refused.set(id, error);
    return refused;
  }

  return { subscribersOf, deliver };
}

async function post(
  name: string,
  { peer }: HttpSubscriber,
  events: readonly ShopEvent[],
): Promise<RejectedEvents> {
  const [first, ...more] = events;
  // A subscriber of the previous version accepts single events only.
  const response = await peer.post('/events', first && more.length === 0 ? first : events);
  if (response === undefined) return new Map();
  const { refused } = batchResponse.parse(response);
  return new Map(
    refused.map(({ id, error, isUnavailable }) => [
      id,
      isUnavailable ? new SubscriberUnavailable(name, { cause: error }) : new Error(error),
    ]),
  );
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof PeerError)) return false;
  return error.outcome !== 'refused' || unavailableStatuses.has(error.httpStatus ?? 0);
}
