import type { Timeline } from '../observation/timeline';
import type { ChaosOptions } from '../options/options';
import type { Random } from '../random/random';
import type { InvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';

/** The input of a phase. */
export interface PhaseInput {
  options: ChaosOptions;
  random: Random;
  timeline: Timeline;
  /** Opens the shop, or returns the open one if its number of replicas is right. */
  shop: () => Promise<ChaosShop>;
  /** Writes a line to the terminal. */
  log: (line: string) => void;
}

export interface PhaseResult {
  results: InvariantResult[];
  counts?: Record<string, Record<string, number>>;
}

/** Injects one kind of fault and checks invariants. */
export type Phase = (input: PhaseInput) => Promise<PhaseResult>;
