import type { ShopEvent, ShopEventType } from '../contracts';

/**
 * Delivers events to their subscribers, at least once: a receiver must expect repeats. The outbox decides when to retry; a
 * bus tries once.
 */
export interface EventBus {
  /** Each of them gets the events of a type by itself. The broker is one subscriber, `nats`: it knows the others. */
  subscribersOf(type: ShopEventType): readonly string[];
  /**
   * Resolves when the subscriber has taken the events, except those that it refused. A name that is not among the
   * subscribers, for example after a change of the transport, stands for all of them.
   *
   * @returns the refused events by ID, with the reason
   * @throws SubscriberUnavailable if no event was judged
   */
  deliver(events: readonly ShopEvent[], subscriber: string): Promise<RefusedEvents>;
}

/** SubscriberUnavailable: this event was not judged. */
export type RefusedEvents = ReadonlyMap<string, Error>;

/** The events were not judged: the subscriber did not answer, or cannot work at the moment. */
export class SubscriberUnavailable extends Error {
  constructor(
    readonly subscriber: string,
    options: { cause: unknown },
  ) {
    super(`${subscriber} is unavailable: ${messageOf(options.cause)}`, options);
    this.name = 'SubscriberUnavailable';
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
