import type { Dashboard, Query } from '../model/dashboard';
import { type QueriedPanel, queryPanels, type Recording } from '../queries/query-panels';
import { chartSvg, formatValue, largestSeries, type NamedSeries } from './chart';

export interface DrawnPanel extends QueriedPanel {
  /** Empty if there are no data. */
  svg: string;
  /** Number of series that are not drawn, because there are too many. */
  omitted: number;
  /** Last value of a panel with one large number. */
  headline: string | undefined;
}

export interface DrawnDashboard {
  dashboard: Dashboard;
  panels: readonly DrawnPanel[];
}

/** Queries and draws every panel, once for each value of the dashboard's variable. */
export async function drawDashboard(dashboard: Dashboard, recording: Recording): Promise<DrawnDashboard> {
  const panels: DrawnPanel[] = [];
  for (const panel of await queryPanels(dashboard, recording)) panels.push(await drawPanel(panel, recording));
  return { dashboard, panels };
}

async function drawPanel(queried: QueriedPanel, { range }: Recording): Promise<DrawnPanel> {
  const { panel, results } = queried;
  const found: NamedSeries[] = results
    .flatMap(({ query, series }) => series.map((one) => ({ ...one, name: legendOf(query, one.labels) })))
    .filter(({ points }) => points.length > 0);
  const drawn = largestSeries(found);
  const last = found[0]?.points.at(-1)?.[1];
  return {
    ...queried,
    svg: drawn.length > 0 ? await chartSvg(panel, drawn, range) : '',
    omitted: found.length - drawn.length,
    headline: panel.look === 'stat' && last !== undefined ? formatValue(panel.unit, last) : undefined,
  };
}

function legendOf({ legend }: Query, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_match, name: string) => labels[name] ?? '').trim();
}
