import type { Transaction } from '@shop/kit/database';
import { longestDraftSeconds } from './order.repository';

/** What a customer holds without having paid for it. */
export interface OpenOrders {
  orders: number;
  /** Only products that were asked for and that are held. */
  unitsOfProduct: Readonly<Record<string, number>>;
}

/** First key of this service's advisory locks on customers. */
const customerLock = 0x0c05;

/** Orders that hold stock and are not paid. */
export class OpenOrderRepository {
  /**
   * Waits for the customer's other transactions that hold this lock; released when the transaction ends. A statement of its own:
   * what is read after it must be read with a later snapshot. Two customers with the same hash only wait for each other.
   */
  async lockCustomer(transaction: Transaction, userId: string): Promise<void> {
    await transaction.query(
      `/* OpenOrderRepository.lockCustomer */ SELECT pg_advisory_xact_lock($1, hashtext($2))`,
      [customerLock, userId],
    );
  }

  /**
   * A customer's drafts and PENDING orders. One that is overdue can be paid no more and is not counted, whether or not its job
   * has cancelled it; one that is being paid does not expire. The index `orders_open_of_customer` has only rows of these steps, so
   * the customer's other orders cost nothing.
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
