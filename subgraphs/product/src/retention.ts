import { defineRetention, idempotencyRetention } from '@shop/kit/retention';

/** Rows that are deleted by age. Products, reservations with lines and the ledger are kept. */
export const retention = defineRetention({
  IDEMPOTENCY_RETENTION_HOURS: {
    ...idempotencyRetention,
    // Only administrators use keys here: the table is small and needs no index.
    rows: [{ table: 'idempotency_keys', ageColumn: 'created_at' }],
  },
  /** How long a reservation that was closed before it held any units is kept. */
  REFUSED_RESERVATION_RETENTION_DAYS: {
    ...{ unit: 'days', minimum: 7, byDefault: 30 },
    why: 'a reserve that was delayed longer, for example in a suspended process, would hold stock for an order that has ended',
    rows: [
      {
        table: 'reservations',
        ageColumn: 'created_at',
        where: `status = 'RELEASED' AND created_at = updated_at AND NOT EXISTS (
          SELECT FROM reservation_lines WHERE reservation_lines.order_id = reservations.order_id)`,
      },
    ],
  },
});
