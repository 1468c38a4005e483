import type { Transaction } from '@shop/kit/database';
import type { EventBus } from '../bus';
import type { ShopEvent, ShopEventType } from '../contracts';
import { deliveries, everySubscriber } from './delivery.repository';

/**
 * Writes events together with the change that they report, so that an event is published if and
 * only if the change commits.
 */
export interface Outbox {
  /** Whether an event of this type is stored at all. */
  hasSubscribers(type: ShopEventType): boolean;
  /**
   * For a statement that inserts the rows itself (`insertDeliveries`): JSON text, `[]` without
   * subscribers.
   */
  deliveriesOf(events: readonly ShopEvent[]): string;
  /** For a transaction of several statements; call `wake` after its commit. */
  publish(transaction: Transaction, ...events: ShopEvent[]): Promise<void>;
  /** Starts delivery now instead of at the next poll. */
  wake(): void;
}

/** For operator programs, which do not know the transport. */
export const operatorOutbox: Outbox = createOutbox(
  { subscribersOf: () => [everySubscriber] },
  () => undefined,
);

export function createOutbox(bus: Pick<EventBus, 'subscribersOf'>, wake: () => void): Outbox {
  const deliveriesOf = (events: readonly ShopEvent[]) =>
    JSON.stringify(events.flatMap((event) => deliveriesTo(bus, event)));
  return {
    hasSubscribers: (type) => bus.subscribersOf(type).length > 0,
    deliveriesOf,
    wake,
    async publish(transaction, ...events) {
      const rows = deliveriesOf(events);
      if (rows !== '[]') await deliveries.insert(transaction, rows);
    },
  };
}

/** One delivery per subscriber. */
export function deliveriesTo({ subscribersOf }: Pick<EventBus, 'subscribersOf'>, event: ShopEvent) {
  return subscribersOf(event.type).map((subscriber) => ({ subscriber, event }));
}
