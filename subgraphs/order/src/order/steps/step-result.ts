import type { OrderRow } from '../persistence/order-columns';
import type { PayOutcome, Refusal } from '../state/order-outcome';
import type { ReservedLine } from '../state/order-placement';

/**
 * Who takes an order's steps. A `request` has just begun what it advances and waits for the answer; the `poller` takes what
 * a request may have left, so other calls than its own may have been made.
 */
export type AdvancedBy = 'request' | 'poller';

/** `attempt`: the payment attempt that the request began, or the order's when it began none. Another's is not its to take or to give up. */
export type Advancer = { by: 'poller' } | { by: 'request'; attempt: number };

/**
 * What a step found out for whoever asked.
 * `NOT_CHARGED`: the attempt surely took no money, and the order can be paid again; `failureCode` may say why.
 */
export type StepOutcome =
  | { kind: 'PLACED'; lines: readonly ReservedLine[] }
  | Refusal
  | PayOutcome
  | { kind: 'NOT_CHARGED'; failureCode: string | null };

/** The order after a step, null for a draft that is gone, and what was found out. */
export interface StepResult {
  order: OrderRow | null;
  outcome?: StepOutcome | undefined;
}
