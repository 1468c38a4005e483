import { withClient } from '@shop/local-stack/postgres';

/** An order in the database at the end of the run. */
export interface FinalOrder {
  id: string;
  userId: string;
  /** Null for a draft, which is not visible to any client. */
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED' | null;
  cancelReason: 'CUSTOMER' | 'PAYMENT_FAILED' | 'EXPIRED' | 'ADMIN' | null;
  /** True while a payment attempt is undecided. */
  isPaying: boolean;
}

export function readFinalOrders(orderDatabaseUrl: string): Promise<FinalOrder[]> {
  const sql = `SELECT id, user_id AS "userId", status, cancel_reason AS "cancelReason", step = 'PAYING' AS "isPaying"
                 FROM orders`;
  return withClient(orderDatabaseUrl, async (client) => (await client.query<FinalOrder>(sql)).rows);
}
