import { constants } from 'node:os';
import { join } from 'node:path';
import { attackCosts } from './attacks/attacks';
import { catalogue } from './catalogue/catalogue';
import { checkout } from './checkout/checkout';
import { checkoutMemory } from './checkout/memory/memory';
import { compare } from './compare';
import { enumeration } from './enumeration';
import { gateway } from './gateway/gateway';
import { history } from './history';
import { loginStorm } from './login-storm';
import { memory } from './memory';
import { reads } from './reads';
import { startup } from './startup/startup';
import { telemetry } from './telemetry/telemetry';
import { type BenchReport, writeReport } from './report';

type Bench = (log: (line: string) => void, args: readonly string[]) => Promise<BenchReport>;

const benches: Readonly<Record<string, Bench>> = {
  'login-storm': loginStorm,
  enumeration,
  attacks: attackCosts,
  history,
  checkout,
  compare,
  'checkout-memory': checkoutMemory,
  telemetry,
  gateway,
  reads,
  catalogue,
  startup,
  memory,
};

const usage = `npm run bench -- ${Object.keys(benches).join('|')}
checkout: --quick (one round of 8 customers), --baseline <folder> (a built checkout to compare with)
compare: <commit> (default origin/main)
checkout-memory: --checkouts <number> (default 20000)
telemetry: --rounds <number> (default 5), --baseline <folder>
gateway: --rounds <number> (default 5), --only ours,stock,…, --operation <part of a name>, --baseline <folder>, --duration <ms>
reads: --rounds <number> (default 5), --duration <ms> of one measurement (default 3000)
catalogue: --products <number> (default 1000000), --requests <number> of each list (default 300)
startup: --rounds <number> (default 5)
memory: --minutes <number> of load (default 10)\n`;
const artifactsDir = join(process.cwd(), 'artifacts', 'bench');

/** Runs one benchmark and reports it. Exit code 1: a limit was exceeded; 2: unknown benchmark. */
async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (!bench) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const report = await bench((line) => void process.stderr.write(`${line}\n`), args);
  process.stdout.write(writeReport(artifactsDir, name, report));
  if (report.limits.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

// The listeners of 'exit' resume suspended services; all services end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

void main(process.argv.slice(2));
