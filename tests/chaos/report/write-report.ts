import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosOptions } from '../options/options';
import type { ChaosRun } from '../run-chaos';
import type { Finding } from './finding';
import { machine } from './machine';
import { summarise } from './summary';
import { drawTimeline } from './timeline-picture';

/** Writes chaos.json, chaos.md and chaos.svg. @returns the summary */
export function writeReport(options: ChaosOptions, run: ChaosRun): string {
  const file = (name: string) => join(options.artifactsDir, name);
  const summary = summarise(options, run);
  const record = { command: commandOf(options), options, machine: machine(), ...run };
  writeFileSync(file('chaos.json'), `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(file('chaos.md'), summary);
  writeFileSync(file('chaos.svg'), drawTimeline(run.timeline));
  return summary;
}

/** What repeats the run. */
export function commandOf({
  size,
  seed,
  phases,
  clients,
  checkouts,
  killsPerBoundary,
}: ChaosOptions): string {
  const words = [
    ...['npm run chaos --', ...(size === 'full' ? ['--full'] : []), `--seed ${seed}`],
    ...[`--clients ${clients}`, `--checkouts ${checkouts}`, `--kills-per-boundary ${killsPerBoundary}`],
    `--phases ${phases.join(',')}`,
  ];
  return words.join(' ');
}

export function brokenPromises(run: ChaosRun): Finding[] {
  return run.phases.flatMap(({ findings }) => findings.filter(({ isKept }) => !isKept));
}
