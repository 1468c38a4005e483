/** Limits on the unpaid orders of a customer. */
export interface OpenOrderLimits {
  ordersPerCustomer: number;
  /** Units of one product in all open orders of a customer. */
  unitsPerProduct: number;
}

/** `current` does not include the new order. */
export type LimitReached =
  | { kind: 'TOO_MANY_OPEN_ORDERS'; limit: number; current: number }
  | { kind: 'TOO_MANY_HELD_UNITS'; limit: number; current: number; productId: string; requested: number };
