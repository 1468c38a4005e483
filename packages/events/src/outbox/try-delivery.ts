import { runInTrace } from '@shop/kit/telemetry';
import { type EventBus, SubscriberAway } from '../bus';
import type { Delivery, FailedTry } from './delivery.repository';
import type { Reachability } from './reachability';
import { pauseMs, type RetryPolicy } from './retry-policy';

/** What the jobs of the outbox work with. */
export interface RelayParts {
  bus: EventBus;
  reachability: Reachability;
  policy: RetryPolicy;
}

/** How one try ended; `away` and `refused` with what is to be written down. */
export type TryResult =
  { kind: 'delivered' } | { kind: 'away'; failed: FailedTry } | { kind: 'refused'; failed: FailedTry };

/** Brings one event to one subscriber, in the event's own trace. Never rejects. */
export async function tryDelivery(delivery: Delivery, parts: RelayParts): Promise<TryResult> {
  const { bus, reachability, policy } = parts;
  const { event, subscriber, tries } = delivery;
  try {
    await runInTrace(event.traceparent, () => bus.deliver(event, subscriber));
    reachability.reached(subscriber);
    return { kind: 'delivered' };
  } catch (error) {
    const isAway = error instanceof SubscriberAway;
    if (isAway) reachability.missed(subscriber);
    else reachability.reached(subscriber);
    const failed = {
      delivery,
      isFailure: !isAway,
      error: error instanceof Error ? error.message : String(error),
      pauseMs: pauseMs(policy, tries + 1),
    };
    return { kind: isAway ? 'away' : 'refused', failed };
  }
}
