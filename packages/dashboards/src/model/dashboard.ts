/** A unit in Grafana's notation; `cpm` is per minute, `reqps` requests per second. */
export type Unit =
  'bytes' | 'binBps' | 'cpm' | 'none' | 'percentunit' | 'reqps' | 'ops' | 's' | 'short' | 'wps';

export interface Query {
  /** PromQL. `$__rate_interval` is the window of a rate, `$service` the variable of a dashboard. */
  expr: string;
  /** Legend of a series, with `{{label}}`. */
  legend: string;
  /** Shows the exemplars of a histogram, which link to traces. */
  hasExemplars?: boolean;
}

/** Why a panel may be without data, or with zeros only, while the shop is healthy. */
export interface Quiet {
  /** `zero`: its series exist and are 0. `absent`: it may have no series. */
  allows: 'zero' | 'absent';
  because: string;
  /** Only for these values of the dashboard's variable. */
  onlyFor?: readonly string[];
}

export interface Panel {
  title: string;
  unit: Unit;
  /** What it shows, and what is normal. */
  description: string;
  /** Anchor in docs/operations.md. */
  runbook: string;
  queries: readonly Query[];
  /** `stat` is one large number; default `lines`. */
  look?: 'lines' | 'stat';
  quiet?: Quiet;
}

export interface Row {
  title: string;
  panels: readonly Panel[];
}

export interface Dashboard {
  /** Also the name of its file. */
  uid: string;
  title: string;
  description: string;
  /** A variable with the values of a label. */
  variable?: { name: string; query: string; values: readonly string[] };
  rows: readonly Row[];
}

/** Zeros are the healthy value. */
export const zeroIsHealthy = (because: string): Quiet => ({ allows: 'zero', because });

export const absentIsHealthy = (because: string, onlyFor?: readonly string[]): Quiet => ({
  allows: 'absent',
  because,
  ...(onlyFor && { onlyFor }),
});

/** Quantile of a histogram by labels, with exemplars. */
export function quantile(q: number, histogram: string, by: readonly string[], legend: string): Query {
  const rate = `rate(${histogram.replace(/(\{|$)/, '_bucket$1')}[$__rate_interval])`;
  return {
    expr: `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate}))`,
    legend,
    hasExemplars: true,
  };
}

/** Increase of a counter per second by labels. */
export function rateOf(counter: string, by: readonly string[], legend: string): Query {
  const rate = `sum${by.length > 0 ? ` by (${by.join(', ')})` : ''} (rate(${counter}[$__rate_interval]))`;
  return { expr: rate, legend };
}

/** Increase of a counter per minute by labels. */
export function perMinute(counter: string, by: readonly string[], legend: string): Query {
  const { expr } = rateOf(counter, by, legend);
  return { expr: `60 * ${expr}`, legend };
}
