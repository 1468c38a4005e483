import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosOptions } from '../options/options';
import type { ChaosRun } from '../run-chaos';
import { commandOf } from './command';
import type { InvariantResult } from './invariant-result';
import { machine } from './machine';
import { summarise } from './summary';
import { drawTimeline } from './timeline-chart';

/**
 * Writes chaos.json, chaos.md and chaos.svg.
 *
 * @returns the summary in Markdown
 */
export function writeReport(options: ChaosOptions, run: ChaosRun): string {
  const file = (name: string) => join(options.artifactsDir, name);
  const summary = summarise(options, run);
  const record = { command: commandOf(options), options, machine: machine(), ...run };
  writeFileSync(file('chaos.json'), `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(file('chaos.md'), summary);
  writeFileSync(file('chaos.svg'), drawTimeline(run.timeline));
  return summary;
}

export function violatedInvariants(run: ChaosRun): InvariantResult[] {
  return run.phases.flatMap(({ results }) => results.filter(({ holds }) => !holds));
}
