/** An invariant and its result in this run. */
export interface InvariantResult {
  promise: string;
  /** The measurement as text. */
  figure: string;
  isKept: boolean;
  /** IDs and responses: enough to find the cause. */
  breaches: readonly string[];
}

export interface PhaseReport {
  name: string;
  durationMs: number;
  results: InvariantResult[];
  /** Counts by name. */
  counts: Record<string, Record<string, number>>;
}

/** The invariant holds if there is no breach. */
export function toInvariantResult(
  promise: string,
  figure: string,
  breaches: readonly string[],
): InvariantResult {
  return { promise, figure, isKept: breaches.length === 0, breaches };
}
