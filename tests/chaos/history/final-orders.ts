import { withClient } from '@shop/local-stack/postgres';

/** An order as its database has it in the end. */
export interface FinalOrder {
  id: string;
  userId: string;
  /** Null for a draft, which is no order to anybody. */
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED' | null;
  cancelReason: 'CUSTOMER' | 'PAYMENT_FAILED' | 'EXPIRED' | 'ADMIN' | null;
  /** An attempt to pay is not decided. */
  isPaying: boolean;
}

export function readFinalOrders(orderDatabaseUrl: string): Promise<FinalOrder[]> {
  const sql = `SELECT id, user_id AS "userId", status, cancel_reason AS "cancelReason", step = 'PAYING' AS "isPaying"
                 FROM orders`;
  return withClient(orderDatabaseUrl, async (client) => (await client.query<FinalOrder>(sql)).rows);
}
