import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';
import { readRules } from './rule-files';

const document = join(workspaceRoot, 'docs', 'metrics.md');

/** Of Prometheus itself, of postgres-exporter, and of `npm run reconcile -- --prometheus`. */
const ofOtherPrograms = [
  ...['up', 'pg_up', 'shop_invariant_breaches', 'shop_reconciled_timestamp_seconds'],
  ...['shop_invariant_checked', 'shop_invariant_under_way', 'shop_dead_letters'],
];

/** Until docs/metrics.md, which is generated from the registries, exists. */
const ofServices = `
  process_cpu_seconds_total process_resident_memory_bytes nodejs_heap_size_used_bytes nodejs_gc_duration_seconds
  nodejs_eventloop_lag_p50_seconds nodejs_eventloop_lag_p99_seconds nodejs_eventloop_lag_max_seconds
  http_server_request_duration_seconds http_server_unparsed_requests_total http_requests_rate_limited_total
  http_client_request_duration_seconds circuit_breaker_state metrics_read_failures_total
  graphql_operation_duration_seconds graphql_operation_cost graphql_unlisted_operations_total
  graphql_unplannable_operations_total graphql_sign_ins_refused_total
  gateway_overhead_seconds gateway_plan_cache_hits_total gateway_plan_cache_misses_total gateway_plan_cache_entries
  gateway_supergraph_reloads_total db_client_operation_duration_seconds db_pool_connections
  nats_stream_bytes nats_stream_limit_bytes
  shop_due_rows shop_due_rows_oldest_seconds shop_due_rows_failing shop_due_rows_claimed_total
  shop_events_undelivered shop_events_undelivered_oldest_seconds shop_events_dead_letters
  shop_orders_total shop_revenue_minor_total shop_payment_declines_total shop_funnel_total
  shop_orders_undecided shop_orders_undecided_oldest_seconds
  shop_payments_undecided shop_payments_undecided_oldest_seconds shop_payments_requires_action
  shop_payments_provider_not_configured shop_refunds_provider_not_configured
  shop_refunds_pending shop_refunds_pending_oldest_seconds shop_refunds_failed shop_webhooks_unprocessed
  shop_reservations_held shop_stock_breaches shop_login_throttled_total shop_signing_key_age_seconds
  shop_retention_deleted_rows_total
`;

/** Names of all metrics that queries may use. */
export function knownMetrics(): Set<string> {
  const text = existsSync(document) ? readFileSync(document, 'utf8') : ofServices;
  return new Set([
    ...(text.match(/\b[a-z]+(_[a-z0-9]+)+\b/g) ?? []),
    ...ofOtherPrograms,
    ...metricsOfPostgresExporter(),
    ...readRules().flatMap(({ record }) => record ?? []),
  ]);
}

/** `<query>_<column>` of docker/postgres-exporter/queries.yaml. */
function metricsOfPostgresExporter(): string[] {
  const file = join(workspaceRoot, 'docker', 'postgres-exporter', 'queries.yaml');
  const queries = parse(readFileSync(file, 'utf8')) as Record<
    string,
    { metrics: Record<string, { usage: string }>[] }
  >;
  return Object.entries(queries).flatMap(([query, { metrics }]) =>
    metrics
      .flatMap((column) => Object.entries(column))
      .filter(([, { usage }]) => usage !== 'LABEL')
      .map(([column]) => `${query}_${column}`),
  );
}
