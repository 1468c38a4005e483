import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { documentedMetrics } from '@shop/testkit/documented-metrics';
import { parse } from 'yaml';
import { familyOf, metricNamesIn } from './metric-names';
import { readRules } from './rule-files';

const documented = new Map(documentedMetrics().map((metric) => [metric.name, metric]));
const alerts = readRules().filter(({ alert }) => alert);
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

/** Gauges with an alert whose absence is no reason for another alert. */
const absenceIsHealthy: Readonly<Record<string, string>> = {
  shop_payments_provider_not_configured: 'has a series for each such provider only',
  shop_refunds_provider_not_configured: 'has a series for each such provider only',
};

describe('GaugeMissing', () => {
  const { expr = '' } = alerts.find(({ alert }) => alert === 'GaugeMissing') ?? {};
  const checked = [...expr.matchAll(/service=~?"([\w|]+)"\} == 1\) unless on \(service\) (\w+)/g)].map(
    ([, services = '', gauge = '']) => `${gauge} of ${sorted(services.split('|')).join(', ')}`,
  );

  it('lists every gauge that a service reads from its database and that has an alert', () => {
    const used = sorted(alerts.flatMap((alert) => [...metricNamesIn(alert.expr)]));
    const gauges = used.flatMap((name) => {
      const metric = documented.get(name);
      const isOfDatabase =
        metric?.type === 'gauge' && name.startsWith('shop_') && metric.processes.length > 0;
      return isOfDatabase && !absenceIsHealthy[name] ? [metric] : [];
    });
    expect(gauges.length).toBeGreaterThan(8);
    expect([...checked].sort()).toEqual(
      gauges.map(({ name, processes }) => `${name} of ${sorted(processes).join(', ')}`),
    );
  });
});

describe('Labels of alerts', () => {
  /** Prometheus adds these to every series (docker/prometheus/prometheus.yml). */
  const ofTargets = ['service', 'instance', 'job'];

  it.each(alerts)('$alert names labels that its metrics have', ({ expr, annotations }) => {
    const selected = [...metricNamesIn(expr)];
    const existing = new Set([...ofTargets, ...selected.flatMap((name) => [...labelsOf(name)])]);
    const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, names = '']) =>
      names.split(', '),
    );
    const matched = [...expr.matchAll(/(\w+)(?:=~?|!=|!~)"/g)].map(([, label = '']) => label);
    const printed = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(
      ([, label = '']) => label,
    );
    const unknown = [...grouped, ...matched, ...printed].filter((label) => !existing.has(label));
    expect(unknown).toEqual([]);
    // Aggregation drops every other label.
    if (grouped.length > 0) expect(grouped).toEqual(expect.arrayContaining(printed));
  });
});

function labelsOf(name: string): Iterable<string> {
  // Recording rules.
  const recorded = readRules().filter(({ record }) => record === name);
  if (recorded.length > 0) return recorded.flatMap(({ labels }) => ['slo', ...Object.keys(labels ?? {})]);
  const labels = (documented.get(name) ?? documented.get(familyOf(name)))?.labels;
  if (labels) return labels.flatMap((label) => (label === 'service' ? ['target'] : label));
  return labelsOfPostgresExporter().get(name) ?? [];
}

/** Of docker/postgres-exporter/queries.yaml, by metric. */
function labelsOfPostgresExporter(): Map<string, string[]> {
  const file = join(workspaceRoot, 'docker', 'postgres-exporter', 'queries.yaml');
  const queries = parse(readFileSync(file, 'utf8')) as Record<
    string,
    { metrics: Record<string, { usage: string }>[] }
  >;
  return new Map(
    Object.entries(queries).flatMap(([query, { metrics }]) => {
      const columns = metrics.flatMap((column) => Object.entries(column));
      const labels = columns.flatMap(([column, { usage }]) => (usage === 'LABEL' ? [column] : []));
      return columns.map(([column]) => [`${query}_${column}`, labels] as const);
    }),
  );
}
