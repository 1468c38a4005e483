import { defineRetention } from '@shop/kit/retention';

/** Rows that are deleted after their retention time. Payments, refunds and settlements are kept. */
export const retention = defineRetention({
  /** How long processed webhooks and the simulator's finished webhooks are kept. */
  WEBHOOK_RETENTION_DAYS: {
    ...{ unit: 'days', minimum: 4, byDefault: 30 },
    why: 'Stripe repeats a webhook for 3 days, and the stored one identifies repeats',
    rows: [
      { table: 'webhooks', ageColumn: 'received_at', where: 'processed_at IS NOT NULL' },
      { table: 'simulator.notices', ageColumn: 'created_at', where: 'due_at IS NULL' },
    ],
  },
});
