import type { OrderStep } from './order-state';

/** When an order is due for the poller: after a delay, when it expires, or never. */
export type DueTime = { inMs: number } | 'at-expiry' | 'never';

/**
 * Delay before the poller runs a step that a request has started: longer than the request's call to
 * the other service. Only the poller commits stock, in batches.
 */
const requestTimeMs: Record<Exclude<OrderStep, 'AWAITING_PAYMENT' | 'SETTLED' | 'CLOSED'>, number> = {
  RESERVING: 10_000,
  ABANDONING: 5_000,
  PAYING: 15_000,
  COMMITTING: 0,
  REFUNDING: 5_000,
  RELEASING: 5_000,
};

/** Delay before the poller runs the step of a draft. */
export const draftDueInMs = requestTimeMs.RESERVING;

/**
 * @param isCallerAdvancing the caller runs the next step itself; the poller runs it only if that
 *   fails
 */
export function dueTimeOf(step: OrderStep, isCallerAdvancing: boolean): DueTime {
  switch (step) {
    case 'AWAITING_PAYMENT':
      return 'at-expiry';
    case 'SETTLED':
    case 'CLOSED':
      return 'never';
    default:
      return { inMs: isCallerAdvancing ? requestTimeMs[step] : 0 };
  }
}
