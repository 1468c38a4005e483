import { defineRetention } from '@shop/kit/retention';

/** What is deleted when it is old. Payments, refunds and settlements stay. */
export const retention = defineRetention({
  /** How long processed webhooks with their bodies are kept, and notices that the simulator has sent or given up. */
  WEBHOOK_RETENTION_DAYS: {
    ...{ unit: 'days', minimum: 4, byDefault: 30 },
    why: 'Stripe repeats a webhook for 3 days, and a repeat is recognized by the stored one',
    rows: [
      { table: 'webhooks', ageColumn: 'received_at', where: 'processed_at IS NOT NULL' },
      { table: 'simulator.notices', ageColumn: 'created_at', where: 'due_at IS NULL' },
    ],
  },
});
