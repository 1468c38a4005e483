import { defineRetention, idempotencyRetention } from '@shop/kit/retention';

/** Rows that are deleted after their retention time. Orders and timelines are kept. */
export const retention = defineRetention({
  IDEMPOTENCY_RETENTION_HOURS: {
    ...idempotencyRetention,
    rows: [
      {
        table: 'idempotency_keys',
        ageColumn: 'created_at',
        // A key without an outcome is kept for 7 days, and as long as its payment is undecided.
        where: `outcome ->> 'kind' <> 'UNDECIDED' OR (created_at < now() - interval '7 days'
          AND NOT EXISTS (SELECT FROM orders WHERE orders.id = order_id AND step = 'PAYING'))`,
      },
    ],
  },
  /** How long the IDs of consumed events are kept. */
  INBOX_RETENTION_DAYS: {
    ...{ unit: 'days', minimum: 8, byDefault: 30 },
    why: 'the broker keeps events for 7 days and can deliver one again, which would then be applied again',
    rows: [{ table: 'inbox', ageColumn: 'received_at' }],
  },
});
