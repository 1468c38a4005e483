import type { ShopEvent } from '../contracts';

/** Brings events to those who want them, at least once: a receiver must expect repeats. */
export interface EventBus {
  /** Resolves when every subscriber has taken the event. @throws Error when at least one has not: publish again */
  publish(event: ShopEvent): Promise<void>;
}
