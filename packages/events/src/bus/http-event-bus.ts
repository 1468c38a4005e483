import { type Peer, PeerError } from '@shop/kit/peer';
import type { ShopEvent, ShopEventType } from '../contracts';
import { type EventBus, SubscriberAway } from './event-bus';

/** Subscribers by their services' names. */
export type HttpSubscribers = Readonly<Record<string, HttpSubscriber>>;

export interface HttpSubscriber {
  peer: Pick<Peer, 'post'>;
  types: readonly ShopEventType[];
}

/** Answers that say nothing about the event: not known as a caller, too slow, too much, not there. */
const awayStatuses = new Set([401, 408, 429, 502, 503, 504]);

/** Posts each event to `/events` of the services that subscribe to its type. Needs no broker. */
export function createHttpEventBus(subscribers: HttpSubscribers): EventBus {
  const subscribersOf = (type: ShopEventType) =>
    Object.keys(subscribers).filter((name) => subscribers[name]?.types.includes(type));

  async function deliver(event: ShopEvent, name: string): Promise<void> {
    const subscriber = subscribers[name];
    if (!subscriber) {
      for (const each of subscribersOf(event.type)) await deliver(event, each);
      return;
    }
    try {
      await subscriber.peer.post('/events', event);
    } catch (cause) {
      throw isAway(cause) ? new SubscriberAway(name, { cause }) : cause;
    }
  }

  return { subscribersOf, deliver };
}

function isAway(error: unknown): boolean {
  if (!(error instanceof PeerError)) return false;
  return error.outcome !== 'refused' || awayStatuses.has(error.httpStatus ?? 0);
}
