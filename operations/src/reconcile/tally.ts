import { type InvariantName, invariants, type InvariantCheck } from '../invariants';

/** What came of one invariant. */
export interface InvariantReport {
  invariant: InvariantName;
  /** How many things it was asked of. */
  checked: number;
  breaches: number;
  /** Looks like a breach, and may be work under way: too young to say. */
  inProgress: number;
  /** The first few breaches. */
  examples: readonly string[];
  /** The first few that are under way. */
  inProgressExamples: readonly string[];
}

/** What came of everything. */
export interface ReconcileReport {
  /** The moment that is judged, RFC 3339. */
  asOf: string;
  /** RFC 3339. Orders that last changed before this time were not compared; null: all were. */
  since: string | null;
  invariants: readonly InvariantReport[];
  /** Dead letters by service, where there are any. */
  deadLetters: Readonly<Record<string, number>>;
  /** Providers whose records were compared, sorted by name. */
  booksRead: readonly string[];
  /** Payments by provider whose books could not be compared. */
  unchecked: Readonly<Record<string, number>>;
}

export interface Tally {
  take(checks: Iterable<InvariantCheck>): void;
  /** A dead letter of a service. */
  warn(service: string): void;
  leaveUnchecked(providers: readonly string[]): void;
  close(): Omit<ReconcileReport, 'since' | 'booksRead'>;
}

const exampleCount = 5;

type Count = {
  checked: number;
  breaches: number;
  inProgress: number;
  examples: string[];
  inProgressExamples: string[];
};

/** Counts verdicts and keeps the first examples. @param asOfMs the moment that is judged */
export function createTally(asOfMs: number): Tally {
  const names = Object.keys(invariants) as InvariantName[];
  const counts = new Map(names.map((name) => [name, emptyCount()]));
  const deadLetters: Record<string, number> = {};
  const unchecked: Record<string, number> = {};

  return {
    take(checks) {
      for (const check of checks) add(counts.get(check.invariant)!, check, asOfMs);
    },
    warn(service) {
      deadLetters[service] = (deadLetters[service] ?? 0) + 1;
    },
    leaveUnchecked(providers) {
      for (const provider of providers) unchecked[provider] = (unchecked[provider] ?? 0) + 1;
    },
    close: () => ({
      asOf: new Date(asOfMs).toISOString(),
      invariants: names.map((invariant) => ({ invariant, ...counts.get(invariant)! })),
      deadLetters,
      unchecked,
    }),
  };
}

function emptyCount(): Count {
  return { checked: 0, breaches: 0, inProgress: 0, examples: [], inProgressExamples: [] };
}

function add(count: Count, { invariant, problem, sinceMs, withinMs }: InvariantCheck, asOfMs: number): void {
  count.checked += 1;
  if (problem === undefined) return;
  const isBreach = asOfMs - sinceMs > (withinMs ?? invariants[invariant].withinMs);
  const examples = isBreach ? count.examples : count.inProgressExamples;
  if (isBreach) count.breaches += 1;
  else count.inProgress += 1;
  if (examples.length < exampleCount) examples.push(problem);
}
