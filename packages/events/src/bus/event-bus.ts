import type { ShopEvent, ShopEventType } from '../contracts';

/**
 * Brings events to those who want them, at least once: a receiver must expect repeats. The outbox decides when to try again;
 * a bus tries once.
 */
export interface EventBus {
  /** Who gets events of a type, each on its own. The broker is one subscriber, `nats`: it knows the others. */
  subscribersOf(type: ShopEventType): readonly string[];
  /**
   * Resolves when the subscriber has taken the event. One that is not known any more, because its transport was changed, stands for
   * all that are.
   *
   * @throws SubscriberAway when nothing is wrong with the event; any other error counts against it
   */
  deliver(event: ShopEvent, subscriber: string): Promise<void>;
}

/** The event was not judged: the subscriber did not answer, or cannot work just now. */
export class SubscriberAway extends Error {
  constructor(
    readonly subscriber: string,
    options: { cause: unknown },
  ) {
    super(`${subscriber} is away: ${messageOf(options.cause)}`, options);
    this.name = 'SubscriberAway';
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
