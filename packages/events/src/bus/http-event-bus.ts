import { type Peer, PeerError } from '@shop/kit/peer';
import { z } from 'zod';
import type { ShopEvent, ShopEventType } from '../contracts';
import { type EventBus, type RefusedEvents, SubscriberUnavailable } from './event-bus';

/** Subscribers by their services' names. */
export type HttpSubscribers = Readonly<Record<string, HttpSubscriber>>;

export interface HttpSubscriber {
  peer: Pick<Peer, 'post'>;
  types: readonly ShopEventType[];
}

/**
 * Statuses that say nothing about the events: not authenticated, timeout, rate limit, unavailable.
 */
const unavailableStatuses = new Set([401, 408, 429, 502, 503, 504]);

const batchAnswer = z.object({
  refused: z.array(z.object({ id: z.string(), error: z.string(), isUnavailable: z.boolean() })),
});

/** Posts events to `/events` of the services that subscribe to their types. Needs no broker. */
export function createHttpEventBus(subscribers: HttpSubscribers): EventBus {
  const subscribersOf = (type: ShopEventType) =>
    Object.keys(subscribers).filter((name) => subscribers[name]?.types.includes(type));

  async function deliver(events: readonly ShopEvent[], name: string): Promise<RefusedEvents> {
    const subscriber = subscribers[name];
    if (!subscriber) return deliverToAll(events);
    try {
      return await post(name, subscriber, events);
    } catch (cause) {
      if (isUnavailable(cause)) throw new SubscriberUnavailable(name, { cause });
      if (events.length === 1) return new Map(events.map(({ id }) => [id, asError(cause)]));
    }
    // The whole request was refused: a subscriber of the previous version accepts no batches.
    return deliverEach(events, name);
  }

  async function deliverEach(events: readonly ShopEvent[], name: string): Promise<RefusedEvents> {
    const refused = new Map<string, Error>();
    for (const event of events)
      for (const [id, error] of await deliver([event], name)) refused.set(id, error);
    return refused;
  }

  async function deliverToAll(events: readonly ShopEvent[]): Promise<RefusedEvents> {
    const refused = new Map<string, Error>();
    for (const [name, { types }] of Object.entries(subscribers)) {
      const wanted = events.filter(({ type }) => types.includes(type));
      if (wanted.length === 0) continue;
      for (const [id, error] of await deliver(wanted, name)) refused.set(id, error);
    }
    return refused;
  }

  return { subscribersOf, deliver };
}

async function post(
  name: string,
  { peer }: HttpSubscriber,
  events: readonly ShopEvent[],
): Promise<RefusedEvents> {
  const [first] = events;
  if (first && events.length === 1) {
    await peer.post('/events', first);
    return new Map();
  }
  const answer = await peer.post('/events', events);
  if (answer === undefined) return new Map();
  const { refused } = batchAnswer.parse(answer);
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

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
