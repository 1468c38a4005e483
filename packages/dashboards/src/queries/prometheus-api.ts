/** One series of a range query. */
export interface Series {
  labels: Readonly<Record<string, string>>;
  /** Unix seconds and value; without NaN and infinities. */
  points: readonly (readonly [seconds: number, value: number])[];
}

export interface TimeRange {
  startSeconds: number;
  endSeconds: number;
  stepSeconds: number;
}

/** Points of a chart: more are not seen. */
const pointsPerChart = 120;

export const rangeOf = (startSeconds: number, endSeconds: number): TimeRange => ({
  startSeconds,
  endSeconds,
  stepSeconds: Math.max(1, Math.ceil((endSeconds - startSeconds) / pointsPerChart)),
});

/** A measurement of a series that names the trace it belongs to. */
export interface Exemplar {
  series: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/** What Prometheus scrapes. */
export interface Target {
  /** `service` label, or job, and address. */
  name: string;
  isUp: boolean;
  /** Of the last scrape; empty if it succeeded. */
  error: string;
}

/** HTTP API of a Prometheus server at `url`. */
export class PrometheusApi {
  constructor(readonly url: string) {}

  /** @throws Error with Prometheus's message if the query is invalid */
  async queryRange(expr: string, { startSeconds, endSeconds, stepSeconds }: TimeRange): Promise<Series[]> {
    const { result } = await this.get<{ result: RawSeries[] }>('query_range', {
      query: expr,
      start: String(startSeconds),
      end: String(endSeconds),
      step: String(stepSeconds),
    });
    return result.map(({ metric, values }) => ({
      labels: metric,
      points: values
        .map(([seconds, value]) => [seconds, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }));
  }

  /** Names of all metrics with a sample in the range. */
  async metricNames({ startSeconds, endSeconds }: TimeRange): Promise<Set<string>> {
    const range = { start: String(startSeconds), end: String(endSeconds) };
    return new Set(await this.get<string[]>('label/__name__/values', range));
  }

  /** Exemplars of the series that a query selects. */
  async exemplars(expr: string, { startSeconds, endSeconds }: TimeRange): Promise<Exemplar[]> {
    const found = await this.get<{ seriesLabels: Labels; exemplars: { labels: Labels }[] }[]>(
      'query_exemplars',
      {
        query: expr,
        start: String(startSeconds),
        end: String(endSeconds),
      },
    );
    return found.flatMap(({ seriesLabels, exemplars }) =>
      exemplars.map(({ labels }) => ({ series: seriesLabels, labels })),
    );
  }

  async targets(): Promise<Target[]> {
    const { activeTargets } = await this.get<{ activeTargets: RawTarget[] }>('targets', { state: 'active' });
    return activeTargets.map(({ labels, health, lastError }) => ({
      name: `${labels['service'] ?? labels['job']} (${labels['instance']})`,
      isUp: health === 'up',
      error: lastError,
    }));
  }

  private async get<Data>(path: string, parameters: Record<string, string>): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const body = (await response.json()) as { status: string; data: Data; error?: string };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}: ${parameters['query'] ?? ''}`);
    return body.data;
  }
}

type Labels = Record<string, string>;

interface RawTarget {
  labels: Labels;
  health: string;
  lastError: string;
}

interface RawSeries {
  metric: Record<string, string>;
  values: [seconds: number, value: string][];
}
