import type { Attempt } from './attempt-throttle';

/** `broken`: something of ours did not work, which says nothing about who tried. */
export type AttemptEnd = 'succeeded' | 'failed' | 'broken';

export type Admission =
  | { kind: 'rejected'; waitMs: number }
  /** The attempt counts as under way until `leave` is called, once. */
  | { kind: 'admitted'; leave(end: AttemptEnd): Promise<void> };

/** Counts attempts. Each call is one atomic decision, however many processes share the counts. */
export interface AttemptStore {
  enter(who: Attempt): Promise<Admission>;
}
