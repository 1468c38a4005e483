import type { Transaction } from '@shop/kit/database';
import { longestDraftSeconds } from './order.repository';

/** The open orders of a customer, and the units in them. */
export interface OpenOrders {
  orders: number;
  /** Only products of the new order. */
  unitsOfProduct: Readonly<Record<string, number>>;
}

/** First key of the advisory locks on customers. */
const customerLock = 0x0c05;

/** Orders that hold stock and are not paid. */
export class OpenOrderRepository {
  /**
   * Released when the transaction ends. A separate statement, because the following query needs a
   * snapshot taken after the lock. A hash collision of two customers only makes them wait.
   */
  async lockCustomer(transaction: Transaction, userId: string): Promise<void> {
    await transaction.query(
      `/* OpenOrderRepository.lockCustomer */ SELECT pg_advisory_xact_lock($1, hashtext($2))`,
      [customerLock, userId],
    );
  }

  /**
   * Counts drafts and PENDING orders. An expired order does not count, even before its job has
   * cancelled it; an order that is PAYING does not expire. Uses the partial index
   * `orders_open_of_customer`, so the customer's other orders are not read.
   */
  async find(transaction: Transaction, userId: string, productIds: readonly string[]): Promise<OpenOrders> {
    const [open] = await transaction.query<[OpenOrders]>(
      `/* OpenOrderRepository.find */
       WITH open AS (
         SELECT id, draft_lines FROM orders
          WHERE user_id = $1 AND step IN ('RESERVING', 'AWAITING_PAYMENT', 'PAYING')
            AND (step = 'PAYING' OR COALESCE(expires_at, created_at + $3 * interval '1 second') > now())
       ), line AS (
         SELECT product_id, quantity FROM open JOIN order_items ON order_id = open.id
         UNION ALL
         SELECT (draft->>'productId')::uuid, (draft->>'quantity')::int
           FROM open, jsonb_array_elements(open.draft_lines) AS draft
       ), held AS (
         SELECT product_id, sum(quantity) AS units FROM line WHERE product_id = ANY ($2::uuid[]) GROUP BY product_id
       )
       SELECT (SELECT count(*)::int FROM open) AS orders,
              (SELECT COALESCE(jsonb_object_agg(product_id, units), '{}') FROM held) AS "unitsOfProduct"`,
      [userId, productIds, longestDraftSeconds],
    );
    return open;
  }
}
