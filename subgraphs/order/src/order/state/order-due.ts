import type { OrderStep } from './order-state';

/** When the poller takes an order: so many milliseconds from now, when the order expires, or never. */
export type DueTime = { inMs: number } | 'at-expiry' | 'never';

/**
 * How long an order is left to the request that brought it to a step, in milliseconds: longer than the
 * request's call to the other service. Stock is committed by the poller alone, in batches.
 */
const requestTimeMs: Record<Exclude<OrderStep, 'AWAITING_PAYMENT' | 'SETTLED' | 'CLOSED'>, number> = {
  RESERVING: 10_000,
  ABANDONING: 5_000,
  PAYING: 15_000,
  COMMITTING: 0,
  REFUNDING: 5_000,
  RELEASING: 5_000,
};

/** When the poller takes a draft whose request may be gone. */
export const draftDueInMs = requestTimeMs.RESERVING;

/** @param isTaken whoever brought the order to the step takes it at once, so the poller only has to if that fails */
export function dueTimeOf(step: OrderStep, isTaken: boolean): DueTime {
  switch (step) {
    case 'AWAITING_PAYMENT':
      return 'at-expiry';
    case 'SETTLED':
    case 'CLOSED':
      return 'never';
    default:
      return { inMs: isTaken ? requestTimeMs[step] : 0 };
  }
}
