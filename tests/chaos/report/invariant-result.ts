/** An invariant and its result in this run. */
export interface InvariantResult {
  invariant: string;
  /** The measurement as text. */
  measurement: string;
  holds: boolean;
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
  invariant: string,
  measurement: string,
  breaches: readonly string[],
): InvariantResult {
  return { invariant, measurement, holds: breaches.length === 0, breaches };
}
