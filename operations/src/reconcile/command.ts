import { OperatorError, parseOptions } from '@shop/kit/operator';
import type { OperatedShop } from '@shop/local-stack/operate';
import { runOperatorProgram } from '../operator-program';
import type { OrderCase } from '../state/state-record';
import { heal, type HealedOrder } from './heal';
import { othersAfter, reconcile, type StateSources } from './index';
import { healedAsText, reportAsMetrics, reportAsText } from './report';
import { chooseScope, everything, raiseWatermark, type Scope } from './scope';
import { parseInterval, serveResults } from './serve';
import type { ReconcileReport } from './tally';

/**
 * `npm run reconcile [-- --all | --since <instant>] [--provider] [--heal] [--json | --prometheus]`, or
 * with `--serve <address> [--every <seconds>]` repeatedly.
 *
 * @returns the exit code: 0 no breach, 1 breaches found
 */
export async function runReconcile(shop: OperatedShop, args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.serve === undefined) return reconcileOnce(shop, options, printReport(options));
  await serveResults({
    address: options.serve,
    everySeconds: parseInterval(options.every),
    async run() {
      let text = '';
      await reconcileOnce(shop, options, (report) => (text = reportAsMetrics(report)));
      return text;
    },
  });
  return 0;
}

async function reconcileOnce(
  { programs }: OperatedShop,
  { all, since, provider: includesProviders = false, heal: heals = false }: Options,
  handle: (report: ReconcileReport & { healed?: readonly HealedOrder[] }) => void,
): Promise<number> {
  const scope = all ? everything : await chooseScope(programs, since, includesProviders);
  const broken: OrderCase[] = [];
  const sources = openSources(programs, scope, includesProviders);
  const report = await reconcile(sources, scope.since, (one) => heals && broken.push(one));
  if (includesProviders && !hasReadProvider(report)) process.stderr.write(noProviderNotice);
  handle(heals ? { ...report, healed: await heal(programs, broken, includesProviders) } : report);
  if (report.invariants.some(({ breaches }) => breaches > 0)) return 1;
  // Not with `--since`, which may skip changes, and not after a breach, so that it is reported
  // again.
  if (since === undefined) {
    const cleanUntilMs = scope.asOfMs ?? Date.parse(report.asOf);
    await raiseWatermark(programs, 'order', cleanUntilMs);
    if (includesProviders && hasReadProvider(report)) await raiseWatermark(programs, 'payment', cleanUntilMs);
  }
  return 0;
}

const printReport =
  ({ json, prometheus }: Options) =>
  (report: ReconcileReport & { healed?: readonly HealedOrder[] }): void => {
    if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else if (prometheus) process.stdout.write(reportAsMetrics(report));
    else process.stdout.write(`${reportAsText(report)}\n${healedAsText(report.healed)}`);
  };

/**
 * Read by every run: the simulator's records are in payment's database, and `none` (amounts of 0)
 * has no charges.
 */
const localBooks: ReadonlySet<string> = new Set(['simulator', 'none']);

function hasReadProvider({ booksRead }: ReconcileReport): boolean {
  return booksRead.some((provider) => !localBooks.has(provider));
}

const noProviderNotice =
  '--provider: Stripe is not configured for this command (STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET), so only the records of the simulator were read.\n';

function openSources(
  programs: OperatedShop['programs'],
  { orderIds, since }: Scope,
  includesProviders: boolean,
): StateSources {
  const args = orderIds ? ['export', '--orders'] : ['export'];
  const input = orderIds ? JSON.stringify(orderIds) : undefined;
  const providerArgs = ['--provider', ...(since ? ['--since', String(since.getTime())] : [])];
  const sources = Object.fromEntries(
    Object.entries(programs).map(([service, program]) => {
      const more = includesProviders && service === 'payment' ? providerArgs : [];
      return [service, runOperatorProgram(service, program, [...args, ...more], input)];
    }),
  );
  return includesProviders ? othersAfter('payment', sources) : sources;
}

/**
 * all: everything; since: what changed since then; provider: also with Stripe's records; heal: start
 * the repair of orders with a breach; serve: where Prometheus reads the results; every: seconds
 * between two runs.
 */
const options = {
  json: { type: 'boolean' },
  prometheus: { type: 'boolean' },
  all: { type: 'boolean' },
  since: { type: 'string' },
  provider: { type: 'boolean' },
  heal: { type: 'boolean' },
  serve: { type: 'string' },
  every: { type: 'string', default: '300' },
} as const;

type Options = ReturnType<typeof readOptions>;

function readOptions(args: readonly string[]) {
  const { since, ...flags } = parseOptions(args, options);
  if (flags.heal && flags.serve !== undefined)
    throw new OperatorError('--heal changes data and refunds charges: run it once, without --serve');
  if (since === undefined) return { ...flags, since };
  const instant = new Date(since);
  if (flags.all || Number.isNaN(instant.getTime()))
    throw new OperatorError(
      `--since ${since}: use an RFC 3339 time, for example 2026-01-31T12:00:00Z, and omit --all`,
    );
  return { ...flags, since: instant };
}
