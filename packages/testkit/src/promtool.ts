import { spawnSync } from 'node:child_process';
import { type OptionalProgram, requireProgram } from './optional-server';

/** Comes with Debian's package of the Prometheus server. */
export const promtoolProgram: OptionalProgram = { names: ['prometheus'], variable: 'PROMETHEUS' };

/** The exit status if the text can be parsed. */
const lintStatus = 3;

/** Of prom-client. */
const exempt =
  /^nodejs_active_(handles|requests|resources)_total non-counter metrics should not have "_total" suffix$/;

/** What `promtool check metrics` says about a scrape as Prometheus text; empty if it is valid. */
export function checkWithPromtool(text: string): string {
  const promtool = requireProgram(promtoolProgram).replace(/prometheus$/, 'promtool');
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  const problems = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !exempt.test(line));
  return status === 0 || status === lintStatus ? problems.join('\n') : `promtool failed: ${stdout}${stderr}`;
}
