import { absentIsHealthy, type Dashboard, quantile, rateOf, zeroIsHealthy } from '../model/dashboard';

const noDatabase = absentIsHealthy('the gateway has no database', ['gateway']);

export const service: Dashboard = {
  uid: 'service',
  title: 'Service',
  description: 'One process of the shop: requests, event loop, memory, calls, database.',
  variable: {
    name: 'service',
    query: 'label_values(up{job=~"gateway|subgraphs"}, service)',
    values: ['gateway', 'user', 'product', 'order', 'payment'],
  },
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by route',
          unit: 'reqps',
          description: 'Requests that the service answers.',
          runbook: 'target-down',
          queries: [
            rateOf(
              'http_server_request_duration_seconds_count{service="$service"}',
              ['method', 'route'],
              '{{method}} {{route}}',
            ),
          ],
        },
        {
          title: 'Failed and aborted requests',
          unit: 'reqps',
          description: 'By route: 5xx, and 499 if the caller disconnected because it waited too long.',
          runbook: 'target-down',
          quiet: absentIsHealthy('no request failed'),
          queries: [
            rateOf(
              'http_server_request_duration_seconds_count{service="$service",status=~"499|5.."}',
              ['route', 'status'],
              '{{route}} {{status}}',
            ),
          ],
        },
        {
          title: 'Duration of requests',
          unit: 's',
          description: 'Points link to traces.',
          runbook: 'checkout-slow',
          queries: [
            quantile(0.5, 'http_server_request_duration_seconds{service="$service"}', [], 'p50'),
            quantile(0.99, 'http_server_request_duration_seconds{service="$service"}', [], 'p99'),
          ],
        },
      ],
    },
    {
      title: 'Process',
      panels: [
        {
          title: 'Event loop delay',
          unit: 's',
          description:
            'How late the event loop turns. It includes the interval of its measurement, 50 ms. Alert: p99 of 0.5 s.',
          runbook: 'event-loop-blocked',
          queries: [
            { expr: 'max(nodejs_eventloop_lag_p50_seconds{service="$service"})', legend: 'p50' },
            { expr: 'max(nodejs_eventloop_lag_p99_seconds{service="$service"})', legend: 'p99' },
            { expr: 'max(nodejs_eventloop_lag_max_seconds{service="$service"})', legend: 'maximum' },
          ],
        },
        {
          title: 'Time in garbage collection',
          unit: 'percentunit',
          quiet: zeroIsHealthy('an idle process collects no garbage'),
          description: 'Share of time by kind of collection. More than 5 % major: the heap is too small.',
          runbook: 'event-loop-blocked',
          queries: [rateOf('nodejs_gc_duration_seconds_sum{service="$service"}', ['kind'], '{{kind}}')],
        },
        {
          title: 'Memory',
          unit: 'bytes',
          description: 'Resident memory, and the used part of the JavaScript heap.',
          runbook: 'event-loop-blocked',
          queries: [
            { expr: 'max(process_resident_memory_bytes{service="$service"})', legend: 'resident' },
            { expr: 'max(nodejs_heap_size_used_bytes{service="$service"})', legend: 'heap' },
          ],
        },
        {
          title: 'CPU',
          unit: 'percentunit',
          description: '100 % is one processor. JavaScript uses one; hashing of passwords and GC use more.',
          runbook: 'event-loop-blocked',
          queries: [rateOf('process_cpu_seconds_total{service="$service"}', [], 'CPU')],
        },
        {
          title: 'Gauges that could not be read',
          unit: 'short',
          description: 'Readings in 15 minutes that failed or took longer than a second.',
          runbook: 'metrics-unreadable',
          quiet: absentIsHealthy('the database answers'),
          queries: [
            {
              expr: 'sum(increase(metrics_read_failures_total{service="$service"}[15m]))',
              legend: 'readings',
            },
          ],
        },
      ],
    },
    {
      title: 'Calls to other services',
      panels: [
        {
          title: 'Duration of calls, p99',
          unit: 's',
          description: 'Requests to other services and providers, by target.',
          runbook: 'circuit-open',
          quiet: absentIsHealthy('the service calls no other', ['user', 'product', 'payment']),
          queries: [
            quantile(
              0.99,
              'http_client_request_duration_seconds{service="$service"}',
              ['target'],
              '{{target}}',
            ),
          ],
        },
        {
          title: 'Failed calls',
          unit: 'reqps',
          description: 'By target and kind of failure.',
          runbook: 'circuit-open',
          quiet: absentIsHealthy('no call failed'),
          queries: [
            rateOf(
              'http_client_request_duration_seconds_count{service="$service",outcome!="ok"}',
              ['target', 'outcome'],
              '{{target}} {{outcome}}',
            ),
          ],
        },
        {
          title: 'Circuit breakers',
          unit: 'none',
          description: '0 closed, 1 half-open, 2 open: calls fail at once.',
          runbook: 'circuit-open',
          quiet: absentIsHealthy('all targets respond, or the service calls no other'),
          queries: [
            { expr: 'max by (target) (circuit_breaker_state{service="$service"})', legend: '{{target}}' },
          ],
        },
      ],
    },
    {
      title: 'Database',
      panels: [
        {
          title: 'Connections of the pool',
          unit: 'short',
          description: '`waiting`: requests without a connection. Not 0 for minutes: the pool is too small.',
          runbook: 'pool-exhausted',
          quiet: noDatabase,
          queries: [
            { expr: 'sum by (state) (db_pool_connections{service="$service"})', legend: '{{state}}' },
          ],
        },
        {
          title: 'Statements',
          unit: 'ops',
          description: 'The ten most frequent statements, by the name in their comment.',
          runbook: 'pool-exhausted',
          quiet: noDatabase,
          queries: [
            {
              expr: 'topk(10, sum by (statement) (rate(db_client_operation_duration_seconds_count{service="$service"}[$__rate_interval])))',
              legend: '{{statement}}',
            },
          ],
        },
        {
          title: 'Duration of statements, p99',
          unit: 's',
          description: 'The ten slowest statements.',
          runbook: 'pool-exhausted',
          quiet: noDatabase,
          queries: [
            {
              expr: 'topk(10, histogram_quantile(0.99, sum by (le, statement) (rate(db_client_operation_duration_seconds_bucket{service="$service"}[$__rate_interval]))))',
              legend: '{{statement}}',
              hasExemplars: true,
            },
          ],
        },
        {
          title: 'Failed statements',
          unit: 'ops',
          description: 'By statement, with deadlocks and timeouts that are retried.',
          runbook: 'postgres-down',
          quiet: absentIsHealthy('no statement failed'),
          queries: [
            rateOf(
              'db_client_operation_duration_seconds_count{service="$service",outcome="error"}',
              ['statement'],
              '{{statement}}',
            ),
          ],
        },
        {
          title: 'Deleted rows whose retention has ended',
          unit: 'ops',
          description: 'By table; see Retention in docs/operations.md.',
          runbook: 'due-rows-late',
          quiet: absentIsHealthy('no retention has ended'),
          queries: [rateOf('shop_retention_deleted_rows_total{service="$service"}', ['table'], '{{table}}')],
        },
      ],
    },
    {
      title: 'Availability',
      panels: [
        {
          title: 'Scraped',
          unit: 'none',
          description: '1: the last scrape succeeded.',
          runbook: 'target-down',
          queries: [{ expr: 'up{service="$service"}', legend: '{{instance}}' }],
        },
        {
          title: 'Requests that were not HTTP',
          unit: 'reqps',
          description: 'Rejected before they reached a route: not HTTP, too slow, headers too large.',
          runbook: 'requests-rate-limited',
          quiet: absentIsHealthy('every client speaks HTTP'),
          queries: [rateOf('http_server_unparsed_requests_total{service="$service"}', [], 'rejected')],
        },
      ],
    },
  ],
};
