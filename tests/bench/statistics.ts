/** The value that this share (0 to 1) of the others does not exceed; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('There is nothing to take a percentile of.');
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Two decimals are more than any of this repeats. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * What a process tells of itself in one metric without labels.
 *
 * @throws Error when it does not tell
 */
export async function metric(url: string, name: string): Promise<number> {
  const response = await fetch(url);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${url} has no ${name}`);
  return Number(line.split(' ')[1]);
}
