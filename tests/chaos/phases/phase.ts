import type { Timeline } from '../observation/timeline';
import type { ChaosOptions } from '../options/options';
import type { Random } from '../random/random';
import type { InvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';

/** What every phase gets. */
export interface PhaseInput {
  options: ChaosOptions;
  random: Random;
  timeline: Timeline;
  /** The shop, opened for the first phase that asks and kept for those after it. */
  shop: () => Promise<ChaosShop>;
  /** A line for the terminal. */
  say: (line: string) => void;
}

export interface PhaseResult {
  results: InvariantResult[];
  counts?: Record<string, Record<string, number>>;
}

/** One kind of chaos, and what it finds of the shop's promises. */
export type Phase = (input: PhaseInput) => Promise<PhaseResult>;
