import { parseArgs } from 'node:util';
import { kinds, type PhaseKind } from './phase';

export interface CheckoutOptions {
  rounds: number;
  customers: readonly number[];
  kinds: readonly PhaseKind[];
  durationMs: number;
  floorMs: number;
  /** A built checkout of the product to compare with. */
  baseline: string | undefined;
}

/** @throws TypeError for an unknown option */
export function checkoutOptions(args: readonly string[]): CheckoutOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, baseline: { type: 'string' } },
  });
  const size = values.quick
    ? { rounds: 1, customers: [8], durationMs: 10_000, floorMs: 4_000 }
    : { rounds: 3, customers: [8, 32], durationMs: 10_000, floorMs: 4_000 };
  return { ...size, kinds, baseline: values.baseline };
}
