import type { Dashboard, Panel, Query } from '../model/dashboard';
import { chartSvg, formatValue, type NamedSeries } from './chart';
import { isAllowed, type QueryState, stateOf } from './panel-state';
import type { PrometheusApi, TimeRange } from './prometheus-api';

export interface DrawnQuery extends Query {
  state: QueryState;
  /** Whether a healthy shop may have this state. */
  isAllowed: boolean;
}

export interface DrawnPanel {
  panel: Panel;
  row: string;
  /** Value of the dashboard's variable. */
  variableValue: string | undefined;
  queries: readonly DrawnQuery[];
  /** Empty if there are no data. */
  svg: string;
  /** Last value of a panel with one large number. */
  headline: string | undefined;
}

export interface DrawnDashboard {
  dashboard: Dashboard;
  panels: readonly DrawnPanel[];
}

export interface Recording {
  api: PrometheusApi;
  range: TimeRange;
  /** Window of rates in seconds, at least four scrapes. */
  rateSeconds: number;
}

/** Queries and draws every panel, once for each value of the dashboard's variable. */
export async function drawDashboard(dashboard: Dashboard, recording: Recording): Promise<DrawnDashboard> {
  const panels: DrawnPanel[] = [];
  for (const variableValue of dashboard.variable?.values ?? [undefined])
    for (const row of dashboard.rows)
      for (const panel of row.panels)
        panels.push({ row: row.title, ...(await drawPanel(panel, { dashboard, variableValue, recording })) });
  return { dashboard, panels };
}

async function drawPanel(
  panel: Panel,
  context: { dashboard: Dashboard; variableValue: string | undefined; recording: Recording },
): Promise<Omit<DrawnPanel, 'row'>> {
  const { dashboard, variableValue, recording } = context;
  const series: NamedSeries[] = [];
  const queries: DrawnQuery[] = [];
  for (const query of panel.queries) {
    const expr = query.expr
      .replaceAll('$__rate_interval', `${recording.rateSeconds}s`)
      .replaceAll(`$${dashboard.variable?.name}`, variableValue ?? '');
    const found = await recording.api.queryRange(expr, recording.range);
    const state = stateOf(found);
    queries.push({ ...query, state, isAllowed: isAllowed(panel, state, variableValue) });
    series.push(...found.map((one) => ({ ...one, name: legendOf(query, one.labels) })));
  }
  const drawn = series.filter(({ points }) => points.length > 0);
  const last = drawn[0]?.points.at(-1)?.[1];
  return {
    panel,
    variableValue,
    queries,
    svg: drawn.length > 0 ? await chartSvg(panel, drawn, recording.range) : '',
    headline: panel.look === 'stat' && last !== undefined ? formatValue(panel.unit, last) : undefined,
  };
}

function legendOf({ legend }: Query, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_match, name: string) => labels[name] ?? '').trim();
}
