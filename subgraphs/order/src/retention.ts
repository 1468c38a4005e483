import {
  dayMs,
  hourMs,
  idempotencyRetention,
  type RetentionRule,
  retentionSetting,
} from '@shop/kit/retention';

export const retentionEnvironment = {
  ...idempotencyRetention,
  /** How long the IDs of consumed events are kept. */
  INBOX_RETENTION_DAYS: retentionSetting({
    ...{ unit: 'days', minimum: 8, byDefault: 30 },
    why: 'the broker keeps events for 7 days and can deliver one again, which would then have its effect again',
  }),
};

/** What the order subgraph deletes when it is old. Orders and their timelines stay. */
export function retentionRules(settings: {
  IDEMPOTENCY_RETENTION_HOURS: number;
  INBOX_RETENTION_DAYS: number;
}): RetentionRule[] {
  return [
    {
      table: 'idempotency_keys',
      ageColumn: 'created_at',
      // The key of a request without an outcome stays for 7 days, and as long as its payment is undecided.
      where: `outcome ->> 'kind' <> 'UNDECIDED' OR (created_at < now() - interval '7 days'
        AND NOT EXISTS (SELECT FROM orders WHERE orders.id = order_id AND step = 'PAYING'))`,
      retentionMs: settings.IDEMPOTENCY_RETENTION_HOURS * hourMs,
    },
    {
      table: 'inbox',
      ageColumn: 'received_at',
      retentionMs: settings.INBOX_RETENTION_DAYS * dayMs,
    },
  ];
}
