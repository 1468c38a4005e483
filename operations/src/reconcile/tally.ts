import { type InvariantName, invariants, type InvariantCheck } from '../invariants/invariant';

/** The result of one invariant. */
export interface InvariantReport {
  invariant: InvariantName;
  /** Number of checked objects. */
  checked: number;
  breaches: number;
  /** Violations that may be work in progress, because they are too recent. */
  inProgress: number;
  /** The first few breaches. */
  examples: readonly string[];
  /** The first few in progress. */
  inProgressExamples: readonly string[];
}

/** The result of a run. */
export interface ReconcileReport {
  /** The time of the snapshot, RFC 3339. */
  asOf: string;
  /** RFC 3339. Orders that last changed before this time were not compared; null: all were. */
  since: string | null;
  invariants: readonly InvariantReport[];
  /** Number of dead letters by service; services without any are omitted. */
  deadLetters: Readonly<Record<string, number>>;
  /** Providers whose records were compared, sorted by name. */
  booksRead: readonly string[];
  /** Number of payments by provider whose records could not be compared. */
  unchecked: Readonly<Record<string, number>>;
}

export interface Tally {
  /** @returns whether one of the checks is a breach */
  take(checks: Iterable<InvariantCheck>): boolean;
  /** Counts a dead letter of a service. */
  warn(service: string): void;
  leaveUnchecked(providers: readonly string[]): void;
  close(): Omit<ReconcileReport, 'since' | 'booksRead'>;
}

const exampleCount = 5;

type Count = { -readonly [Name in keyof InvariantReport]: InvariantReport[Name] } & {
  examples: string[];
  inProgressExamples: string[];
};

/** Counts checks and keeps the first examples. @param asOfMs the time of the snapshot */
export function createTally(asOfMs: number): Tally {
  const names = Object.keys(invariants) as InvariantName[];
  const counts = new Map(names.map((name) => [name, emptyCount(name)]));
  const deadLetters: Record<string, number> = {};
  const unchecked: Record<string, number> = {};

  return {
    take(checks) {
      let isBroken = false;
      for (const check of checks) if (add(counts.get(check.invariant)!, check, asOfMs)) isBroken = true;
      return isBroken;
    },
    warn(service) {
      deadLetters[service] = (deadLetters[service] ?? 0) + 1;
    },
    leaveUnchecked(providers) {
      for (const provider of providers) unchecked[provider] = (unchecked[provider] ?? 0) + 1;
    },
    close: () => ({
      asOf: new Date(asOfMs).toISOString(),
      invariants: [...counts.values()],
      deadLetters,
      unchecked,
    }),
  };
}

function emptyCount(invariant: InvariantName): Count {
  return { invariant, checked: 0, breaches: 0, inProgress: 0, examples: [], inProgressExamples: [] };
}

/** @returns whether it is a breach */
function add(
  count: Count,
  { invariant, problem, sinceMs, withinMs }: InvariantCheck,
  asOfMs: number,
): boolean {
  count.checked += 1;
  if (problem === undefined) return false;
  const isBreach = asOfMs - sinceMs > (withinMs ?? invariants[invariant].withinMs);
  const examples = isBreach ? count.examples : count.inProgressExamples;
  if (isBreach) count.breaches += 1;
  else count.inProgress += 1;
  if (examples.length < exampleCount) examples.push(problem);
  return isBreach;
}
