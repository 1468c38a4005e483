import { absentIsHealthy, type Dashboard, rateOf, zeroIsHealthy } from '../model/dashboard';

export const events: Dashboard = {
  uid: 'events',
  title: 'Events and jobs',
  description: 'Events between the services, background work, webhooks.',
  rows: [
    {
      title: 'Events',
      panels: [
        {
          title: 'Oldest undelivered event',
          unit: 's',
          description: 'Lag of each outbox. Alert: 5 minutes.',
          runbook: 'outbox-lag',
          quiet: zeroIsHealthy('every event is delivered at once'),
          queries: [
            {
              expr: 'max by (service) (shop_events_undelivered_oldest_seconds)',
              legend: '{{service}}',
            },
          ],
        },
        {
          title: 'Undelivered events',
          unit: 'short',
          description: 'Once per subscriber.',
          runbook: 'outbox-lag',
          quiet: zeroIsHealthy('every event is delivered at once'),
          queries: [{ expr: 'max by (service) (shop_events_undelivered)', legend: '{{service}}' }],
        },
        {
          title: 'Dead letters',
          unit: 'short',
          description: 'Events that a subscriber rejected ten times; they wait for an operator.',
          runbook: 'dead-letters',
          quiet: zeroIsHealthy('no event is rejected'),
          queries: [{ expr: 'max by (service) (shop_events_dead_letters)', legend: '{{service}}' }],
        },
        {
          title: 'Size of the event stream',
          unit: 'bytes',
          description: 'Bytes in the stream of the broker, and its limit. Alert: 80 %.',
          runbook: 'stream-nearly-full',
          quiet: absentIsHealthy('without NATS_URL, events are delivered over HTTP'),
          queries: [
            { expr: 'max by (stream) (nats_stream_bytes)', legend: '{{stream}}' },
            { expr: 'max by (stream) (nats_stream_limit_bytes)', legend: '{{stream}}, limit' },
          ],
        },
        {
          title: 'Event stream, used',
          unit: 'percentunit',
          description: 'A full stream accepts no events: they stay in the outboxes.',
          runbook: 'stream-nearly-full',
          look: 'stat',
          quiet: absentIsHealthy('without NATS_URL, events are delivered over HTTP'),
          queries: [
            {
              expr: 'max by (stream) (nats_stream_bytes) / (max by (stream) (nats_stream_limit_bytes) > 0)',
              legend: '{{stream}}',
            },
          ],
        },
        {
          title: 'Unprocessed webhooks',
          unit: 'short',
          description: 'Webhooks of payment providers that are stored and not processed.',
          runbook: 'webhooks-unprocessed',
          quiet: zeroIsHealthy('every webhook is processed at once'),
          queries: [{ expr: 'max(shop_webhooks_unprocessed)', legend: 'webhooks' }],
        },
      ],
    },
    {
      title: 'Background work',
      panels: [
        {
          title: 'Due rows',
          unit: 'short',
          description: 'Rows whose work is due and not claimed, by service and kind of work.',
          runbook: 'due-rows-late',
          quiet: zeroIsHealthy('work is claimed when it is due'),
          queries: [{ expr: 'max by (service, work) (shop_due_rows)', legend: '{{service}} {{work}}' }],
        },
        {
          title: 'Oldest due row',
          unit: 's',
          description: 'For how long it has been due. Alert: a minute.',
          runbook: 'due-rows-late',
          quiet: zeroIsHealthy('work is claimed when it is due'),
          queries: [
            {
              expr: 'max by (service, work) (shop_due_rows_oldest_seconds)',
              legend: '{{service}} {{work}}',
            },
          ],
        },
        {
          title: 'Rows that fail repeatedly',
          unit: 'short',
          description: 'Rows whose work failed more than five times.',
          runbook: 'due-rows-failing',
          quiet: zeroIsHealthy('no work fails'),
          queries: [
            { expr: 'max by (service, work) (shop_due_rows_failing)', legend: '{{service}} {{work}}' },
          ],
        },
        {
          title: 'Claimed rows',
          unit: 'ops',
          description: 'Work that processes have claimed.',
          runbook: 'due-rows-late',
          queries: [rateOf('shop_due_rows_claimed_total', ['service', 'work'], '{{service}} {{work}}')],
        },
        {
          title: 'Waits for a provider that is not configured',
          unit: 'short',
          description: 'Payments and refunds that stay undecided until the keys of the provider are set.',
          runbook: 'payment-provider-not-configured',
          quiet: absentIsHealthy('every provider is configured'),
          queries: [
            { expr: 'max(shop_payments_provider_not_configured)', legend: 'payments' },
            { expr: 'max(shop_refunds_provider_not_configured)', legend: 'refunds' },
          ],
        },
        {
          title: 'Oldest open refund',
          unit: 's',
          description: 'Alert: a day.',
          runbook: 'refunds-overdue',
          quiet: zeroIsHealthy('no refund is open'),
          queries: [{ expr: 'max(shop_refunds_pending_oldest_seconds)', legend: 'refund' }],
        },
      ],
    },
  ],
};
