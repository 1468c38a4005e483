/** The value that this share (0 to 1) of the others does not exceed; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0)
    throw new Error('A percentile requires at least one value, but the list is empty.');
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** To two decimals, which is more precise than the measurements. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * The value of a metric without labels.
 *
 * @param url of /metrics
 * @throws Error if the response does not contain the metric
 */
export async function metric(url: string, name: string): Promise<number> {
  const response = await fetch(url);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${url} has no metric ${name}`);
  return Number(line.split(' ')[1]);
}
