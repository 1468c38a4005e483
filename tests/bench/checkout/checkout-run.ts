import type { FloorResult } from './floor/measure-floor';
import type { IdleResult } from './idle';
import type { PerProcess } from './measured-shop';
import type { CheckoutOptions } from './options';
import type { PhaseResult } from './phase';

export interface CheckoutRun {
  /** What is measured, by shop: the commit, with `-dirty` if files are changed. */
  versions: Readonly<Record<string, string>>;
  options: CheckoutOptions;
  idle: IdleResult[];
  phases: PhaseResult[];
  /** Of the current commit. */
  floors: FloorResult[];
  /** MB by shop, before the first checkout and after the last. */
  memory: { shop: string; orders: number; before: PerProcess; after: PerProcess }[];
}

/** The commit that is checked out, and the one that `--baseline` names. */
export const shopNames = { current: 'this commit', baseline: 'baseline' } as const;
