import { parseOptions } from '@shop/kit/operator';
import type { OperatedShop } from '@shop/local-stack/operate';
import { longestAllowanceMs } from '../invariants';
import { type StateSources, type ReconcileReport, othersAfter, reconcile } from '../reconcile';
import { reportAsMetrics, reportAsText } from '../report';
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
  /** Changes before this time are compared; null: changes before the time of the report. */
  asOfMs: number | null;
}

const everything: Scope = { since: null, orderIds: null, asOfMs: null };

// `npm run reconcile [-- --all | --since <instant>] [--provider] [--json | --prometheus]`. Exit
// codes: 0 no breach, 1 breaches found, 2 a database or a provider could not be read.
void runTerminalCommand(async ({ programs }, args) => {
  const { json, prometheus, all, since, provider: asksProviders = false } = readOptions(args);
  const scope = all ? everything : await chooseScope(programs, since, asksProviders);
  const report = await reconcile(openSources(programs, scope, asksProviders), scope.since);
  if (asksProviders) process.stderr.write(booksNotice(report));
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (prometheus) process.stdout.write(reportAsMetrics(report));
  else process.stdout.write(`${reportAsText(report)}\n`);
  if (report.invariants.some(({ breaches }) => breaches > 0)) return 1;
  // Not with `--since`, which may skip changes, and not after a breach, so that it is reported
  // again.
  if (since === undefined) {
    const cleanUntil = cleanUntilMs(scope, report);
    await raiseWatermark(programs, 'order', cleanUntil);
    if (asksProviders && hasAskedProvider(report)) await raiseWatermark(programs, 'payment', cleanUntil);
  }
  return 0;
});

/**
 * Read by every run: the simulator's records are in payment's database, and `none` (amounts of 0)
 * has no charges.
 */
const localBooks: ReadonlySet<string> = new Set(['simulator', 'none']);

function hasAskedProvider({ booksRead }: ReconcileReport): boolean {
  return booksRead.some((provider) => !localBooks.has(provider));
}

function booksNotice(report: ReconcileReport): string {
  if (hasAskedProvider(report)) return '';
  return `--provider: Stripe is not configured for this command (STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET), so only the records of the simulator were read.\n`;
}

async function chooseScope(
  programs: OperatedShop['programs'],
  given: Date | undefined,
  asksProviders: boolean,
): Promise<Scope> {
  const owner = asksProviders ? 'payment' : 'order';
  // Continues on errors here, because reading the records reports every unavailable service.
  const cleanUntil = given ?? (await readWatermark(programs, owner).catch(() => null));
  if (!cleanUntil) return everything;
  const since = given ?? new Date(cleanUntil.getTime() - longestAllowanceMs - marginMs);
  const wanted = { since, maximum: maximumChanged, asksProviders };
  const { orderIds, asOfMs } = await findChangedOrders(programs, wanted);
  return orderIds ? { since, orderIds, asOfMs } : everything;
}

function openSources(
  programs: OperatedShop['programs'],
  { orderIds, since }: Scope,
  asksProviders: boolean,
): StateSources {
  const args = orderIds ? ['export', '--orders'] : ['export'];
  const input = orderIds ? JSON.stringify(orderIds) : undefined;
  const providerArgs = ['--provider', ...(since ? ['--since', String(since.getTime())] : [])];
  const sources = Object.fromEntries(
    Object.entries(programs).map(([service, program]) => {
      const more = asksProviders && service === 'payment' ? providerArgs : [];
      return [service, runOperatorProgram(service, program, [...args, ...more], input)];
    }),
  );
  return asksProviders ? othersAfter('payment', sources) : sources;
}

const cleanUntilMs = ({ asOfMs }: Scope, { asOf }: ReconcileReport): number => asOfMs ?? Date.parse(asOf);

/** all: everything; since: what changed since then; provider: also with Stripe's records. */
const options = {
  json: { type: 'boolean' },
  prometheus: { type: 'boolean' },
  all: { type: 'boolean' },
  since: { type: 'string' },
  provider: { type: 'boolean' },
} as const;

function readOptions(args: readonly string[]) {
  const { since, ...flags } = parseOptions(args, options);
  if (since === undefined) return { ...flags, since };
  const instant = new Date(since);
  if (flags.all || Number.isNaN(instant.getTime()))
    throw new UsageError(
      `--since ${since}: use an RFC 3339 time, for example 2026-01-31T12:00:00Z, and omit --all`,
    );
  return { ...flags, since: instant };
}
