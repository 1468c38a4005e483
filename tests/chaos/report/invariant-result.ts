/** A promise of the shop, and what became of it in this run. */
export interface InvariantResult {
  promise: string;
  /** What was measured, in words and numbers. */
  figure: string;
  isKept: boolean;
  /** IDs and responses: enough to find the cause. */
  breaches: readonly string[];
}

export interface PhaseReport {
  name: string;
  durationMs: number;
  results: InvariantResult[];
  /** Counts by name, for whoever reads the JSON. */
  counts: Record<string, Record<string, number>>;
}

/** Kept exactly if there is no breach. */
export function toInvariantResult(
  promise: string,
  figure: string,
  breaches: readonly string[],
): InvariantResult {
  return { promise, figure, isKept: breaches.length === 0, breaches };
}
