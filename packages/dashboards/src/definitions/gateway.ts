import { absentIsHealthy, type Dashboard, quantile, rateOf, zeroIsHealthy } from '../model/dashboard';

export const gateway: Dashboard = {
  uid: 'gateway',
  title: 'Gateway',
  description: 'Requests of clients by operation and route, what the gateway adds, and what it rejects.',
  rows: [
    {
      title: 'Operations',
      panels: [
        {
          title: 'Operations by name',
          unit: 'reqps',
          description:
            'The ten most frequent operations. REST requests run as operations whose names begin with Rest; operations outside the manifest are `other`.',
          runbook: 'checkout-failing',
          queries: [
            {
              expr: 'topk(10, sum by (operation) (rate(graphql_operation_duration_seconds_count[$__rate_interval])))',
              legend: '{{operation}}',
            },
          ],
        },
        {
          title: 'Failed and rejected operations',
          unit: 'reqps',
          description:
            '`error`: the shop failed. `rejected`: a mistake of the client, such as an invalid document.',
          runbook: 'checkout-failing',
          quiet: absentIsHealthy('no operation failed'),
          queries: [
            rateOf(
              'graphql_operation_duration_seconds_count{outcome!="ok"}',
              ['operation', 'outcome'],
              '{{operation}} {{outcome}}',
            ),
          ],
        },
        {
          title: 'Duration by operation, p99',
          unit: 's',
          description:
            'Objective: reads within 0.3 s, orders and payments within 1 s. Points link to traces.',
          runbook: 'checkout-slow',
          queries: [quantile(0.99, 'graphql_operation_duration_seconds', ['operation'], '{{operation}}')],
        },
      ],
    },
    {
      title: 'HTTP',
      panels: [
        {
          title: 'Requests by route',
          unit: 'reqps',
          description: 'The ten most frequent routes.',
          runbook: 'checkout-failing',
          queries: [
            {
              expr: 'topk(10, sum by (method, route) (rate(http_server_request_duration_seconds_count{service="gateway"}[$__rate_interval])))',
              legend: '{{method}} {{route}}',
            },
          ],
        },
        {
          title: 'Responses with an error',
          unit: 'reqps',
          description: 'By status. 5xx counts against the objectives, 4xx does not.',
          runbook: 'checkout-failing',
          quiet: absentIsHealthy('no request failed'),
          queries: [
            rateOf(
              'http_server_request_duration_seconds_count{service="gateway",status=~"[45].."}',
              ['status'],
              '{{status}}',
            ),
          ],
        },
        {
          title: 'Duration by route, p99',
          unit: 's',
          description: 'From the first byte of the request to the last one of the response.',
          runbook: 'browsing-slow',
          queries: [
            quantile(0.99, 'http_server_request_duration_seconds{service="gateway"}', ['route'], '{{route}}'),
          ],
        },
      ],
    },
    {
      title: 'What the gateway adds',
      panels: [
        {
          title: 'Overhead',
          unit: 's',
          description: 'Duration of an operation without the time in which it waits for subgraphs.',
          runbook: 'event-loop-blocked',
          queries: [
            quantile(0.5, 'gateway_overhead_seconds', [], 'p50'),
            quantile(0.99, 'gateway_overhead_seconds', [], 'p99'),
          ],
        },
        {
          title: 'Query plans from the cache',
          unit: 'percentunit',
          description:
            'Share of the operations whose plan was cached. Low after a start or a new supergraph.',
          runbook: 'event-loop-blocked',
          queries: [
            {
              expr: 'sum(rate(gateway_plan_cache_hits_total[$__rate_interval])) / (sum(rate(gateway_plan_cache_hits_total[$__rate_interval])) + sum(rate(gateway_plan_cache_misses_total[$__rate_interval])) > 0)',
              legend: 'hits',
            },
          ],
        },
        {
          title: 'Query plans in the cache',
          unit: 'short',
          description: 'Plans that the gateway keeps.',
          runbook: 'event-loop-blocked',
          queries: [{ expr: 'sum by (instance) (gateway_plan_cache_entries)', legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'Subgraphs',
      panels: [
        {
          title: 'Duration of fetches, p99',
          unit: 's',
          description: 'Requests of the gateway to each subgraph.',
          runbook: 'circuit-open',
          queries: [
            quantile(
              0.99,
              'http_client_request_duration_seconds{service="gateway"}',
              ['target'],
              '{{target}}',
            ),
          ],
        },
        {
          title: 'Failed fetches',
          unit: 'reqps',
          description: 'By subgraph and kind of failure, such as deadline_exceeded or circuit_open.',
          runbook: 'circuit-open',
          quiet: absentIsHealthy('no fetch failed'),
          queries: [
            rateOf(
              'http_client_request_duration_seconds_count{service="gateway",outcome!="ok"}',
              ['target', 'outcome'],
              '{{target}} {{outcome}}',
            ),
          ],
        },
        {
          title: 'Circuit breakers',
          unit: 'none',
          description: '0 closed, 1 half-open, 2 open: requests to the subgraph fail at once.',
          runbook: 'circuit-open',
          quiet: zeroIsHealthy('all subgraphs respond'),
          queries: [
            { expr: 'max by (target) (circuit_breaker_state{service="gateway"})', legend: '{{target}}' },
          ],
        },
      ],
    },
    {
      title: 'Rejections and accounts',
      panels: [
        {
          title: 'Requests over their rate limit',
          unit: 'reqps',
          description: 'Responses with 429.',
          runbook: 'requests-rate-limited',
          quiet: absentIsHealthy('no client exceeds its limit'),
          queries: [rateOf('http_requests_rate_limited_total', [], 'limited')],
        },
        {
          title: 'Rejected operations',
          unit: 'reqps',
          description: 'Not in the manifest, impossible to plan, or not HTTP.',
          runbook: 'operations-unplannable',
          quiet: absentIsHealthy('no operation was rejected'),
          queries: [
            rateOf('graphql_unlisted_operations_total', [], 'not in the manifest'),
            rateOf('graphql_unplannable_operations_total', [], 'cannot be planned'),
            rateOf('http_server_unparsed_requests_total{service="gateway"}', [], 'not HTTP'),
          ],
        },
        {
          title: 'Contents of the supergraph file',
          unit: 'short',
          description: 'Since the start of the process. `refused`: the previous supergraph is served.',
          runbook: 'supergraph-rejected',
          quiet: absentIsHealthy('the supergraph has not changed since the start'),
          queries: [{ expr: 'sum by (outcome) (gateway_supergraph_reloads_total)', legend: '{{outcome}}' }],
        },
        {
          title: 'Throttled and refused logins',
          unit: 'reqps',
          description:
            'Throttled after failures by the user subgraph, by scope; refused for a full queue of hashes.',
          runbook: 'logins-throttled',
          quiet: absentIsHealthy('no login fails repeatedly'),
          queries: [
            rateOf('shop_login_throttled_total', ['scope'], 'throttled by {{scope}}'),
            rateOf('graphql_sign_ins_refused_total', [], 'refused'),
          ],
        },
        {
          title: 'Age of the signing key',
          unit: 's',
          description: 'Time since the key that signs access tokens was rotated. Alert: 90 days.',
          runbook: 'signing-key-old',
          look: 'stat',
          queries: [{ expr: 'max(shop_signing_key_age_seconds)', legend: 'age' }],
        },
        {
          title: 'Cost of operations, p99',
          unit: 'short',
          description: 'Calculated cost of the executed operations; a document over the limit is rejected.',
          runbook: 'requests-rate-limited',
          queries: [quantile(0.99, 'graphql_operation_cost', [], 'p99')],
        },
      ],
    },
  ],
};
