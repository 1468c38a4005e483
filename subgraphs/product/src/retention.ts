import {
  dayMs,
  hourMs,
  idempotencyRetention,
  type RetentionRule,
  retentionSetting,
} from '@shop/kit/retention';

export const retentionEnvironment = {
  ...idempotencyRetention,
  /** How long a reservation that was released before it held anything is kept. */
  REFUSED_RESERVATION_RETENTION_DAYS: retentionSetting({
    ...{ unit: 'days', minimum: 7, byDefault: 30 },
    why: 'a reserve that was delayed longer, for example in a suspended process, would hold stock for an order that has ended',
  }),
};

/** What the product subgraph deletes when it is old. Reservations that held something, products and the ledger stay. */
export function retentionRules(settings: {
  IDEMPOTENCY_RETENTION_HOURS: number;
  REFUSED_RESERVATION_RETENTION_DAYS: number;
}): RetentionRule[] {
  return [
    // Only administrators use keys here: the table is small and needs no index.
    {
      table: 'idempotency_keys',
      ageColumn: 'created_at',
      retentionMs: settings.IDEMPOTENCY_RETENTION_HOURS * hourMs,
    },
    {
      table: 'reservations',
      ageColumn: 'created_at',
      where: `status = 'RELEASED' AND created_at = updated_at AND NOT EXISTS (
        SELECT FROM reservation_lines WHERE reservation_lines.order_id = reservations.order_id)`,
      retentionMs: settings.REFUSED_RESERVATION_RETENTION_DAYS * dayMs,
    },
  ];
}
