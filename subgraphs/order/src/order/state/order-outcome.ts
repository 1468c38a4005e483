export interface Shortage {
  productId: string;
  requested: number;
  available: number;
}

/** Why a draft cannot become an order. Nothing is held for it. */
export type Refusal =
  | { kind: 'OUT_OF_STOCK'; shortages: Shortage[] }
  | { kind: 'PRODUCTS_UNKNOWN'; productIds: string[] }
  | { kind: 'CURRENCIES_MIXED'; currencies: string[] };

export type CreateOutcome = { kind: 'PLACED' } | Refusal;

export type PayOutcome =
  | { kind: 'PAID'; paymentId: string }
  | { kind: 'DECLINED'; paymentId: string }
  /** The provider can never charge the order's total; `failureCode` says why. */
  | { kind: 'NOT_POSSIBLE'; paymentId: string; failureCode: string | null }
  /** The provider has not decided yet; the order's status will contain the outcome. */
  | { kind: 'UNDECIDED'; paymentId: string };

export type CancelOutcome = { kind: 'CANCELLED' };

/** The order was at a step that does not allow what was asked; nothing was done, and nothing will be with this key. */
export type ConflictOutcome = { kind: 'STATE_CONFLICT' } | { kind: 'TOO_MANY_ATTEMPTS' };

export type KeyedOperation = 'createOrder' | 'payOrder' | 'cancelOrder';

/** What came of a request, as an idempotency key remembers it. */
export type OrderOutcome = CreateOutcome | PayOutcome | CancelOutcome | ConflictOutcome;
