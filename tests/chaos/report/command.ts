import type { ChaosOptions } from '../options/options';

/** What repeats the run. */
export function commandOf({ size, seed, phases, clients, checkouts, killsPerCommit }: ChaosOptions): string {
  const words = [
    ...['npm run chaos --', ...(size === 'full' ? ['--full'] : []), `--seed ${seed}`],
    ...[`--clients ${clients}`, `--checkouts ${checkouts}`, `--kills-per-commit ${killsPerCommit}`],
    `--phases ${phases.join(',')}`,
  ];
  return words.join(' ');
}
