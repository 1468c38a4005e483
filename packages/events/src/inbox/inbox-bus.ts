import { isConnectionLost, isDatabaseBusy } from '@shop/kit/database';
import { type EventBus, SubscriberAway } from '../bus';
import { parseEvent } from '../contracts';
import { consumeEvent, type Inbox } from './consume-event';

/** A bus that also reaches the service's own inbox, under its name: for events that came by a broker and were not taken at once. */
export function withInbox(bus: EventBus, name: string, inbox: Inbox): EventBus {
  return {
    subscribersOf: (type) => bus.subscribersOf(type),
    async deliver(event, subscriber) {
      if (subscriber !== name) return bus.deliver(event, subscriber);
      const known = parseEvent(event);
      try {
        await consumeEvent(known, inbox);
      } catch (cause) {
        throw isConnectionLost(cause) || isDatabaseBusy(cause) ? new SubscriberAway(name, { cause }) : cause;
      }
    },
  };
}
