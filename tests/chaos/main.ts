import { mkdirSync, rmSync } from 'node:fs';
import { type ChaosOptions, readOptions, usage } from './options/options';
import { violatedInvariants, writeReport } from './report/write-report';
import { logsDirOf, runChaos } from './run-chaos';

/** Injects faults and reports the invariants. Exit code 1: a violation; 2: invalid options. */
async function main(): Promise<void> {
  const options = optionsOrUsage();
  if (!options) return;
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  log(`chaos, ${options.size} size, seed ${options.seed}`);
  rmSync(logsDirOf(options), { recursive: true, force: true });
  mkdirSync(options.artifactsDir, { recursive: true });
  const run = await runChaos(options, log);
  log(writeReport(options, run));
  if (violatedInvariants(run).length > 0) process.exitCode = 1;
}

/** Undefined when there is nothing to run. */
function optionsOrUsage(): ChaosOptions | undefined {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return undefined;
  }
  try {
    return readOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

void main();
