import type { ReconcileReport, InvariantReport } from '../reconcile';

/** In Prometheus' text format, for example for the node exporter's textfile collector. */
export function reportAsMetrics({ asOf, since, invariants, deadLetters }: ReconcileReport): string {
  const byInvariant = (read: (report: InvariantReport) => number) =>
    invariants.map((report) => [`{invariant="${report.invariant}"}`, read(report)] as const);
  const lines = [
    ...gauge(
      'shop_invariant_breaches',
      'Breaches that reconcile found.',
      byInvariant(({ breaches }) => breaches),
    ),
    ...gauge(
      'shop_invariant_checked',
      'Objects that reconcile checked.',
      byInvariant(({ checked }) => checked),
    ),
    ...gauge(
      'shop_invariant_under_way',
      'Violations that may be work in progress.',
      byInvariant(({ inProgress }) => inProgress),
    ),
    ...gauge(
      'shop_dead_letters',
      'Dead-lettered events.',
      Object.entries(deadLetters).map(([service, count]) => [`{service="${service}"}`, count]),
    ),
    ...gauge('shop_reconciled_timestamp_seconds', 'Time of the snapshot.', [['', Date.parse(asOf) / 1_000]]),
    ...gauge(
      'shop_reconciled_since_timestamp_seconds',
      'Changes since this time were checked; 0: everything was checked.',
      [['', since ? Date.parse(since) / 1_000 : 0]],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function gauge(
  name: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
