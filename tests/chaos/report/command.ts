import type { ChaosOptions } from '../options/options';

/** The command that repeats the run. */
export function commandOf(options: ChaosOptions): string {
  const { size, seed, decline, phases, clients, checkouts, killsPerCommit } = options;
  const args = [
    ...['npm run chaos --', ...(size === 'full' ? ['--full'] : []), `--seed ${seed}`, `--decline ${decline}`],
    ...[`--clients ${clients}`, `--checkouts ${checkouts}`, `--kills-per-commit ${killsPerCommit}`],
    `--phases ${phases.join(',')}`,
  ];
  return args.join(' ');
}
