import type { Dashboard, Panel, Query } from '../model/dashboard';
import type { PrometheusApi, Series, TimeRange } from './prometheus-api';

/** What a query returned: some value other than 0, only zeros, or nothing. */
export type QueryState = 'data' | 'zero' | 'empty';

/** A query of a panel, for one value of the dashboard's variable. */
export interface QueryPlace {
  dashboard: Dashboard;
  panel: Panel;
  query: Query;
  variableValue: string | undefined;
}

/** Why a query may be zero or empty; undefined if it may not. */
export type Allowance = (place: QueryPlace, state: 'zero' | 'empty') => string | undefined;

export interface QueryResult extends QueryPlace {
  state: QueryState;
  /** Why it may be in this state; undefined if it has data, or may not. */
  reason: string | undefined;
  series: readonly Series[];
}

export interface QueriedPanel {
  panel: Panel;
  row: string;
  variableValue: string | undefined;
  results: readonly QueryResult[];
}

export interface Recording {
  api: PrometheusApi;
  range: TimeRange;
  /** Window of rates in seconds, at least four scrapes. */
  rateSeconds: number;
  allowance: Allowance;
}

/** Runs the queries of every panel, once for each value of the dashboard's variable. */
export async function queryPanels(dashboard: Dashboard, recording: Recording): Promise<QueriedPanel[]> {
  const panels: QueriedPanel[] = [];
  for (const variableValue of dashboard.variable?.values ?? [undefined])
    for (const { title: row, panels: ofRow } of dashboard.rows)
      for (const panel of ofRow) {
        const results: QueryResult[] = [];
        for (const query of panel.queries)
          results.push(await runQuery({ dashboard, panel, query, variableValue }, recording));
        panels.push({ panel, row, variableValue, results });
      }
  return panels;
}

async function runQuery(place: QueryPlace, recording: Recording): Promise<QueryResult> {
  const { dashboard, query, variableValue } = place;
  const expr = query.expr
    .replaceAll('$__rate_interval', `${recording.rateSeconds}s`)
    .replaceAll(`$${dashboard.variable?.name}`, variableValue ?? '');
  const series = await recording.api.queryRange(expr, recording.range);
  const state = stateOf(series);
  const reason = state === 'data' ? undefined : recording.allowance(place, state);
  return { ...place, state, reason, series };
}

export function stateOf(series: readonly Series[]): QueryState {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) return 'empty';
  return values.some((value) => value !== 0) ? 'data' : 'zero';
}

/** Whether a healthy shop has no such result. */
export const isProblem = ({ state, reason }: QueryResult): boolean =>
  state !== 'data' && reason === undefined;

/** `Gateway / Overhead / p99: zero` */
export function describeResult({ dashboard, panel, query, variableValue, state }: QueryResult): string {
  const title = variableValue === undefined ? dashboard.title : `${dashboard.title} (${variableValue})`;
  return `${title} / ${panel.title} / ${query.legend}: ${state}`;
}

/** What the panel itself declares, for a shop without incidents. */
export const healthyShop: Allowance = ({ panel: { quiet }, variableValue }, state) => {
  if (!quiet) return undefined;
  if (quiet.onlyFor && !quiet.onlyFor.includes(variableValue ?? '')) return undefined;
  return state === 'zero' || quiet.allows === 'absent' ? quiet.because : undefined;
};
