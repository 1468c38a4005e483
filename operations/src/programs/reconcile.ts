import { parseArgs } from 'node:util';
import { reconcile } from '../reconcile';
import { findingsAsMetrics, findingsAsText } from '../report';
import { runOperatorProgram } from '../services';
import { runTerminalCommand, UsageError } from '../terminal/run-terminal-command';

// `npm run reconcile [-- --json | --prometheus]`: 0 when nothing is broken, 1 when something is, 2 when a database could not be read.
void runTerminalCommand(async ({ programs }, words) => {
  const { json, prometheus } = readOptions(words);
  const sources = Object.entries(programs).map(([service, program]) => [
    service,
    runOperatorProgram(service, program, ['facts']),
  ]);
  const findings = await reconcile(Object.fromEntries(sources) as Parameters<typeof reconcile>[0]);
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else if (prometheus) process.stdout.write(findingsAsMetrics(findings));
  else process.stdout.write(`${findingsAsText(findings)}\n`);
  return findings.invariants.some(({ breaches }) => breaches > 0) ? 1 : 0;
});

function readOptions(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { json: { type: 'boolean' }, prometheus: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. There is --json and --prometheus.`);
  }
}
