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
