import { defineRetention, idempotencyRetention } from '@shop/kit/retention';

/** What is deleted when it is old. Orders and their timelines stay. */
export const retention = defineRetention({
  IDEMPOTENCY_RETENTION_HOURS: {
    ...idempotencyRetention,
    rows: [
      {
        table: 'idempotency_keys',
        ageColumn: 'created_at',
        // The key of a request without an outcome stays for 7 days, and as long as its payment is undecided.
        where: `outcome ->> 'kind' <> 'UNDECIDED' OR (created_at < now() - interval '7 days'
          AND NOT EXISTS (SELECT FROM orders WHERE orders.id = order_id AND step = 'PAYING'))`,
      },
    ],
  },
  /** How long the IDs of consumed events are kept. */
  INBOX_RETENTION_DAYS: {
    ...{ unit: 'days', minimum: 8, byDefault: 30 },
    why: 'the broker keeps events for 7 days and can deliver one again, which would then have its effect again',
    rows: [{ table: 'inbox', ageColumn: 'received_at' }],
  },
});
