import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';
import { readRules } from './rule-files';

const document = join(workspaceRoot, 'docs', 'metrics.md');

/** Of Prometheus itself, of postgres-exporter, and of `npm run reconcile -- --prometheus`. */
const ofOtherPrograms = [
  ...['up', 'pg_up', 'shop_invariant_breaches', 'shop_reconciled_timestamp_seconds'],
  ...['prometheus_notifications_dropped_total', 'prometheus_notifications_alertmanagers_discovered'],
  ...['shop_invariant_checked', 'shop_invariant_under_way', 'shop_dead_letters'],
];

/** Names of all metrics that queries may use. */
export function knownMetrics(): Set<string> {
  const text = readFileSync(document, 'utf8');
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
