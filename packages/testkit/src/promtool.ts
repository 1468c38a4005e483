import { spawnSync } from 'node:child_process';
import { type OptionalProgram, requireProgram } from './optional-server';

/** Comes with Debian's package of the Prometheus server. */
export const promtoolProgram: OptionalProgram = { names: ['prometheus'], variable: 'PROMETHEUS' };

/** What `promtool check metrics` says about a scrape as Prometheus text; empty if it is valid. */
export function checkWithPromtool(text: string): string {
  const promtool = requireProgram(promtoolProgram).replace(/prometheus$/, 'promtool');
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}
