import { dayMs, type RetentionRule, retentionSetting } from '@shop/kit/retention';

export const retentionEnvironment = {
  /** How long processed webhooks with their bodies are kept, and notices that the simulator has sent or given up. */
  WEBHOOK_RETENTION_DAYS: retentionSetting({
    ...{ unit: 'days', minimum: 4, byDefault: 30 },
    why: 'Stripe repeats a webhook for 3 days, and a repeat is recognized by the stored one',
  }),
};

/** What the payment subgraph deletes when it is old. Payments, refunds and settlements stay. */
export function retentionRules(settings: { WEBHOOK_RETENTION_DAYS: number }): RetentionRule[] {
  const retentionMs = settings.WEBHOOK_RETENTION_DAYS * dayMs;
  return [
    { table: 'webhooks', ageColumn: 'received_at', where: 'processed_at IS NOT NULL', retentionMs },
    { table: 'simulator.notices', ageColumn: 'created_at', where: 'due_at IS NULL', retentionMs },
  ];
}
