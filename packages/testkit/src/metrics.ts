/** The samples of a scrape by series, for example `shop_orders_total{outcome="confirmed"}`. */
export type Samples = ReadonlyMap<string, number>;

/** @param origin of the metrics, for example http://127.0.0.1:9464 */
export async function scrape(origin: string): Promise<Samples> {
  const response = await fetch(`${origin}/metrics`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${origin}/metrics: HTTP ${response.status}`);
  return samplesOf(text);
}

/** The samples of Prometheus text. */
export function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))] as const;
    }),
  );
}

/** The name and type of each metric of Prometheus text. */
export function metricsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type] as const),
  );
}

/** The samples whose name starts with `prefix` and that differ between two scrapes, with the change. */
export function changesBetween(before: Samples, after: Samples, prefix: string): Record<string, number> {
  const changes = [...after]
    .filter(([series]) => series.startsWith(prefix))
    .map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}
