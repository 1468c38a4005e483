import { isConnectionLost } from '@shop/kit/database';
import { type EventBus, SubscriberUnavailable } from '../bus';
import { parseEvents } from '../contracts';
import { consumeEvents, type Inbox } from './consume-events';

/**
 * A bus that also delivers to the service's own inbox, under the service's name: for retries of
 * events from a broker.
 *
 * @param inboxOf undefined as long as the service receives no events
 */
export function withInbox(bus: EventBus, name: string, inboxOf: () => Inbox | undefined): EventBus {
  return {
    subscribersOf: (type) => bus.subscribersOf(type),
    async deliver(given, subscriber) {
      const inbox = inboxOf();
      if (!inbox || subscriber !== name) return bus.deliver(given, subscriber);
      const { events, refused } = parseEvents(given);
      try {
        return new Map([...refused, ...(await consumeEvents(events, inbox))]);
      } catch (cause) {
        throw isConnectionLost(cause) ? new SubscriberUnavailable(name, { cause }) : cause;
      }
    },
  };
}
