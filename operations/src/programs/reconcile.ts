import { parseArgs } from 'node:util';
import type { OperatedShop } from '@shop/local-stack/operate';
import { longestAllowanceMs } from '../invariants';
import { type Findings, reconcile } from '../reconcile';
import { findingsAsMetrics, findingsAsText } from '../report';
import { findChangedOrders, raiseWatermark, readWatermark, runOperatorProgram } from '../services';
import { runTerminalCommand, UsageError } from '../terminal/run-terminal-command';

/** Margin for clock skew, and for transactions that were open when the snapshot was taken. */
const marginMs = 15 * 60_000;

/** Above this number of changed orders everything is read, because it is not slower. */
const maximumChanged = 100_000;

/** The scope of a run: the orders that changed `since`, or everything. */
interface Scope {
  since: Date | null;
  orderIds: readonly string[] | null;
  /** Changes before this time are compared; null: changes before the time of the findings. */
  asOfMs: number | null;
}

const everything: Scope = { since: null, orderIds: null, asOfMs: null };

// `npm run reconcile [-- --all | --since <instant>] [--json | --prometheus]`. Exit codes: 0 no breach,
// 1 breaches found, 2 a database could not be read.
void runTerminalCommand(async ({ programs }, words) => {
  const { json, prometheus, all, since } = readOptions(words);
  const scope = all ? everything : await chooseScope(programs, since);
  const findings = await reconcile(openSources(programs, scope), scope.since);
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else if (prometheus) process.stdout.write(findingsAsMetrics(findings));
  else process.stdout.write(`${findingsAsText(findings)}\n`);
  if (findings.invariants.some(({ breaches }) => breaches > 0)) return 1;
  // Not with `--since`, which may skip changes, and not after a breach, so that it is reported again.
  if (since === undefined) await raiseWatermark(programs, cleanUntilMs(scope, findings));
  return 0;
});

async function chooseScope(programs: OperatedShop['programs'], given: Date | undefined): Promise<Scope> {
  // Continues on errors here, because reading the facts reports every unavailable service.
  const cleanUntil = given ?? (await readWatermark(programs).catch(() => null));
  if (!cleanUntil) return everything;
  const since = given ?? new Date(cleanUntil.getTime() - longestAllowanceMs - marginMs);
  const { orderIds, asOfMs } = await findChangedOrders(programs, { since, maximum: maximumChanged });
  return orderIds ? { since, orderIds, asOfMs } : everything;
}

function openSources(programs: OperatedShop['programs'], { orderIds }: Scope) {
  const words = orderIds ? ['facts', '--orders'] : ['facts'];
  const input = orderIds ? JSON.stringify(orderIds) : undefined;
  const sources = Object.entries(programs).map(([service, program]) => [
    service,
    runOperatorProgram(service, program, words, input),
  ]);
  return Object.fromEntries(sources) as Parameters<typeof reconcile>[0];
}

const cleanUntilMs = ({ asOfMs }: Scope, { asOf }: Findings): number => asOfMs ?? Date.parse(asOf);

function readOptions(words: readonly string[]) {
  const { since, ...flags } = parsed(words);
  if (since === undefined) return { ...flags, since };
  const instant = new Date(since);
  if (flags.all || Number.isNaN(instant.getTime()))
    throw new UsageError(
      `--since ${since}: use an RFC 3339 time, for example 2026-01-31T12:00:00Z, and omit --all`,
    );
  return { ...flags, since: instant };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        ...{ json: { type: 'boolean' }, prometheus: { type: 'boolean' } },
        ...{ all: { type: 'boolean' }, since: { type: 'string' } },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message}. Options: --json, --prometheus, --all (compares everything), --since <instant> (compares what changed since).`,
    );
  }
}
