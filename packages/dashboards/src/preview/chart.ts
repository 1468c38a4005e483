import type { TopLevelSpec } from 'vega-lite';
import type { Panel, Unit } from '../model/dashboard';
import type { Series, TimeRange } from '../queries/prometheus-api';

/** A drawn series with its legend. */
export interface NamedSeries extends Series {
  name: string;
}

/** With more series than this, colours are not distinguishable. */
const maximumSeries = 12;

/** Pixels of a chart with its axis, as wide as its column of the page, and of the axis. */
const chartWidth = 440;
const axisWidth = 60;

/** At the font size of the legend, with symbol and padding. */
const legendColumns = (longestName: number) =>
  Math.min(3, Math.max(1, Math.floor((chartWidth - axisWidth) / (6 * longestName + 30))));

const maximumOf = ({ points }: Series) => Math.max(...points.map(([, value]) => value));

/** The series that a chart shows, those with the largest values first. */
export function largestSeries(series: readonly NamedSeries[]): NamedSeries[] {
  return series.toSorted((a, b) => maximumOf(b) - maximumOf(a)).slice(0, maximumSeries);
}

/** An SVG with one line for each of the series, which are `largestSeries`, over the whole range. */
export async function chartSvg(
  { unit }: Panel,
  series: readonly NamedSeries[],
  range: TimeRange,
): Promise<string> {
  // Both are ES modules with a top-level await.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const names = [...new Set(series.map(({ name }) => name))];
  const values = series.flatMap(({ name, points }) =>
    points.map(([seconds, value]) => ({ at: seconds * 1_000, value, series: name })),
  );
  const maximum = Math.max(...values.map(({ value }) => value));
  const spec: TopLevelSpec = {
    width: chartWidth,
    height: 130,
    autosize: { type: 'fit-x', contains: 'padding' },
    padding: 4,
    data: { values },
    mark: { type: 'line', interpolate: 'linear', strokeWidth: 1.5, point: { size: 8 } },
    encoding: {
      x: {
        field: 'at',
        type: 'temporal',
        scale: { domain: [1_000 * range.startSeconds, 1_000 * range.endSeconds] },
        axis: { title: null, format: '%H:%M:%S', tickCount: 5 },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        // Zeros are at the bottom, not in the middle.
        scale: { zero: true, nice: true, ...(maximum <= 0 && { domain: [0, 1] }) },
        axis: { title: null, labelExpr: labelExpressions[unit], tickCount: 5 },
      },
      color: {
        field: 'series',
        type: 'nominal',
        sort: names,
        scale: { scheme: names.length > 10 ? 'tableau20' : 'tableau10' },
        legend: {
          ...{ orient: 'bottom', title: null, symbolType: 'stroke', labelLimit: 0 },
          columns: legendColumns(Math.max(...names.map(({ length }) => length))),
        },
      },
    },
    config: { view: { stroke: '#ddd' }, axis: { gridColor: '#eee', labelFontSize: 10 } },
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

const withPrefix = (suffix: string) => `format(datum.value, '.3~s') + '${suffix}'`;

/** Half a row is 0.5, not 500m. */
const counted = (suffix: string) =>
  `(datum.value < 1 ? format(datum.value, '.3~g') : format(datum.value, '.3~s')) + '${suffix}'`;

const labelExpressions: Record<Unit, string> = {
  bytes: withPrefix('B'),
  binBps: withPrefix('B/s'),
  cpm: counted('/min'),
  none: "format(datum.value, '~g')",
  ops: counted('/s'),
  percentunit: "format(datum.value, '.3~p')",
  reqps: counted('/s'),
  s: withPrefix('s'),
  short: counted(''),
  wps: counted('/s'),
};

const secondsOf = (value: number) =>
  value < 120
    ? `${number(value)} s`
    : value < 172_800
      ? `${number(value / 60)} min`
      : `${number(value / 86_400)} d`;

/** A value with its unit, for a panel with one large number. */
export function formatValue(unit: Unit, value: number): string {
  if (unit === 'percentunit') return `${number(100 * value)} %`;
  if (unit === 's') return secondsOf(value);
  return number(value);
}

const number = (value: number) => new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
