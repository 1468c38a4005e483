import type { FloorResult } from './floor/measure-floor';
import type { IdleResult } from './idle';
import type { PerProcess } from './measured-shop';
import type { CheckoutOptions } from './options';
import type { PhaseResult } from './phase';

export interface CheckoutRun {
  /** By shop, the measured commit; with `-dirty` if files were changed. */
  versions: Readonly<Record<string, string>>;
  options: CheckoutOptions;
  idle: IdleResult[];
  phases: PhaseResult[];
  /** Measurements of the databases alone, for the current commit. */
  floors: FloorResult[];
  /** MB by shop, before the first checkout and after the last. */
  memory: { shop: string; orders: number; before: PerProcess; after: PerProcess }[];
}

/** Names of this checkout and of the one that `--baseline` names, in the report. */
export const shopNames = { current: 'this commit', baseline: 'baseline' } as const;
