import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, panelsOf } from '../definitions';
import { metricNamesIn } from '../queries/metric-names';
import { readRules } from '../queries/rule-files';
import { type DrawnPanel, drawDashboard, type Recording } from './draw-dashboard';
import { dashboardPage } from './page';

export interface PreviewResult {
  /** Paths of the HTML pages. */
  pages: readonly string[];
  panels: number;
  /** One line for each query whose state a healthy shop may not have. */
  problems: readonly string[];
  /** One line for each query that is zero or absent, with the reason why that is healthy. */
  quiet: readonly string[];
  /** Metrics that a rule or a panel names and that the recording does not have. */
  missingMetrics: readonly string[];
  /** Exemplars of durations that carry a trace ID. */
  exemplars: number;
}

const durations = '{__name__=~"(http_server_request|graphql_operation)_duration_seconds_bucket"}';

/** Draws every dashboard into `directory`, one HTML page each. */
export async function previewDashboards(recording: Recording, directory: string): Promise<PreviewResult> {
  mkdirSync(directory, { recursive: true });
  const pages: string[] = [];
  const problems: string[] = [];
  const quiet: string[] = [];
  let panels = 0;
  for (const dashboard of dashboards) {
    const drawn = await drawDashboard(dashboard, recording);
    const file = join(directory, `${dashboard.uid}.html`);
    writeFileSync(file, dashboardPage(drawn, new Date(recording.range.endSeconds * 1_000)));
    pages.push(file);
    panels += drawn.panels.length;
    for (const panel of drawn.panels) {
      const lines = linesOf(
        `${dashboard.title}${panel.variableValue ? ` (${panel.variableValue})` : ''}`,
        panel,
      );
      problems.push(...lines.problems);
      quiet.push(...lines.quiet);
    }
  }
  const labels = await recording.api.exemplars(durations, recording.range);
  return {
    ...{ pages, panels, problems, quiet },
    missingMetrics: await missingMetrics(recording),
    exemplars: labels.filter(({ trace_id, traceId }) => trace_id ?? traceId).length,
  };
}

function linesOf(dashboard: string, { panel, queries }: DrawnPanel) {
  const line = ({ state, legend }: DrawnPanel['queries'][number]) =>
    `${dashboard} / ${panel.title} / ${legend}: ${state}`;
  return {
    problems: queries.filter(({ isAllowed }) => !isAllowed).map(line),
    quiet: queries
      .filter(({ state, isAllowed }) => isAllowed && state !== 'data')
      .map((query) => `${line(query)}, healthy because ${panel.quiet?.because}`),
  };
}

/** Their series appear with their first value. */
const appearLater = new Set([
  ...['gateway_supergraph_reloads_total', 'http_server_unparsed_requests_total'],
  ...['http_requests_rate_limited_total', 'shop_login_throttled_total'],
  ...['shop_payments_provider_not_configured', 'shop_refunds_provider_not_configured'],
]);

async function missingMetrics({ api, range }: Recording): Promise<string[]> {
  const recorded = await api.metricNames(range);
  const expressions = [
    ...readRules().map(({ expr }) => expr),
    ...dashboards.flatMap(panelsOf).flatMap(({ queries }) => queries.map(({ expr }) => expr)),
  ];
  const named = new Set(expressions.flatMap((expr) => [...metricNamesIn(expr)]));
  return [...named].filter((name) => !recorded.has(name) && !appearLater.has(name)).sort();
}
