import type { Transaction } from '@shop/kit/database';
import type { OpenOrders, OpenOrderRepository } from '../persistence/open-order.repository';
import type { OrderLine } from '../state/order-line';

export interface OpenOrderLimits {
  ordersPerCustomer: number;
  /** Units of one product in all open orders of a customer. */
  unitsPerProduct: number;
}

/** `current` does not include the new order. */
export type LimitReached =
  | { kind: 'TOO_MANY_OPEN_ORDERS'; limit: number; current: number }
  | { kind: 'TOO_MANY_HELD_UNITS'; limit: number; current: number; productId: string; requested: number };

/** Limits the stock that a customer can hold without paying for it. */
export class OpenOrderLimiter {
  constructor(
    private readonly openOrders: OpenOrderRepository,
    private readonly limits: OpenOrderLimits,
  ) {}

  /**
   * Checks the limits for a new order. Takes the customer's lock until the transaction ends, so that
   * concurrent requests count each other's drafts.
   *
   * @returns the limit that the new order would exceed, else undefined
   */
  async findReached(
    transaction: Transaction,
    { userId, lines }: { userId: string; lines: readonly OrderLine[] },
  ): Promise<LimitReached | undefined> {
    await this.openOrders.lockCustomer(transaction, userId);
    const productIds = lines.map(({ productId }) => productId);
    return reachedLimit(this.limits, await this.openOrders.find(transaction, userId, productIds), lines);
  }
}

export function reachedLimit(
  limits: OpenOrderLimits,
  open: OpenOrders,
  lines: readonly OrderLine[],
): LimitReached | undefined {
  const { ordersPerCustomer, unitsPerProduct } = limits;
  if (open.orders >= ordersPerCustomer)
    return { kind: 'TOO_MANY_OPEN_ORDERS', limit: ordersPerCustomer, current: open.orders };
  for (const { productId, quantity: requested } of lines) {
    const current = open.unitsOfProduct[productId] ?? 0;
    if (current + requested > unitsPerProduct)
      return { kind: 'TOO_MANY_HELD_UNITS', limit: unitsPerProduct, current, productId, requested };
  }
  return undefined;
}
