import type { Peer } from '@shop/kit/peer';
import type { ShopEvent, ShopEventType } from '../contracts';
import type { EventBus } from './event-bus';

/** Posts each event to `/events` of the services that subscribe to its type. Needs no broker. */
export function createHttpEventBus(options: {
  subscribers: Partial<Record<ShopEventType, readonly Pick<Peer, 'post'>[]>>;
}): EventBus {
  return {
    async publish(event: ShopEvent) {
      const subscribers = options.subscribers[event.type] ?? [];
      // All are tried: one subscriber that is away must not keep the event from the others.
      const results = await Promise.allSettled(subscribers.map((peer) => peer.post('/events', event)));
      const reasons = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as Error] : [],
      );
      if (reasons.length > 0) {
        const [cause] = reasons;
        throw new Error(`${event.type}: ${reasons.length} of ${subscribers.length} subscribers missing`, {
          cause,
        });
      }
    },
  };
}
