import type { OrderRow } from '../persistence/order.entity';
import type { PayOutcome } from '../persistence/idempotency-key.repository';
import type { ReservationRejected, ReservedLine } from '../../clients/product.client';

/**
 * Who runs an order's steps. A `request` runs steps that it has just started. The `poller` runs
 * steps that a request may have left unfinished, so earlier calls may have been made.
 */
export type AdvancedBy = 'request' | 'poller';

/**
 * `attempt`: the payment attempt that the request started, or the order's current one if it started
 * none.
 */
export type Advancer = { by: 'poller' } | { by: 'request'; attempt: number };

/**
 * The outcome of a step that the caller waits for. `NOT_CHARGED`: the attempt charged nothing and
 * the order can be paid again; `failureCode` is the reason, if known.
 */
export type StepOutcome =
  | { kind: 'PLACED'; lines: readonly ReservedLine[] }
  | ReservationRejected
  | PayOutcome
  | { kind: 'NOT_CHARGED'; failureCode: string | null };

/** The order after a step; null for a draft that was deleted. */
export interface StepResult {
  order: OrderRow | null;
  outcome?: StepOutcome | undefined;
}
