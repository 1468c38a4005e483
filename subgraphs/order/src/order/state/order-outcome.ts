export interface Shortage {
  productId: string;
  requested: number;
  available: number;
}

/** Why a draft cannot be placed. No stock is reserved for it. */
export type Refusal =
  | { kind: 'OUT_OF_STOCK'; shortages: Shortage[] }
  | { kind: 'PRODUCTS_UNKNOWN'; productIds: string[] }
  | { kind: 'CURRENCIES_MIXED'; currencies: string[] };

export type CreateOutcome = { kind: 'PLACED' } | Refusal;

export type PayOutcome =
  | { kind: 'PAID'; paymentId: string }
  | { kind: 'DECLINED'; paymentId: string }
  /** The provider can never charge the order's total; `failureCode` is the reason. */
  | { kind: 'NOT_POSSIBLE'; paymentId: string; failureCode: string | null }
  /** The provider has not decided yet; the order's status will contain the outcome. */
  | { kind: 'UNDECIDED'; paymentId: string };

export type CancelOutcome = { kind: 'CANCELLED' };

/**
 * The order's step did not allow the request. Nothing was done, and repeats of the key do nothing.
 */
export type ConflictOutcome = { kind: 'STATE_CONFLICT' } | { kind: 'TOO_MANY_ATTEMPTS' };

export type KeyedOperation = 'createOrder' | 'payOrder' | 'cancelOrder';

/** The outcome of a request, as stored with its idempotency key. */
export type OrderOutcome = CreateOutcome | PayOutcome | CancelOutcome | ConflictOutcome;
