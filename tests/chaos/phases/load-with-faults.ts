import { registerCustomers, runCustomers } from '../clients/run-customers';
import { chooseScenario, type Scenario } from '../clients/scenario';
import { History } from '../history/history';
import { sampleStock } from '../observation/stock-sampler';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';
import { checkHistoryInvariants } from './history-invariants';
import type { PhaseInput } from './phase';
import { waitUntilConsistent } from './rest';

export interface FaultInjection {
  /** Injects the faults. Resolves when all processes run again; no checkout starts after that. */
  injectFaults: () => Promise<void>;
  /** Scenarios that reach the armed crash points. */
  requiredScenarios: () => readonly Scenario[];
}

/** Retries end this long after the last fault. An outcome that is still unknown is a violation. */
const retriesAfterFaultsMs = 120_000;

/**
 * Runs many customers during faults. Afterwards checks stock, money and the responses that the
 * customers received.
 */
export async function runLoadWithFaults(
  { options, random, timeline, log }: PhaseInput,
  { stack, send, admin, assortment }: ChaosShop,
  { injectFaults, requiredScenarios }: FaultInjection,
): Promise<{ checkouts: number; history: History; results: InvariantResult[] }> {
  const customers = await registerCustomers(send, options.clients);
  const history = new History();
  const sampler = sampleStock(stack.databaseUrls.product);
  const lastFault = { atMs: Infinity };
  const running = runCustomers({
    ...{ customers, admin, assortment, history, timeline, random: random.stream('crowd') },
    choose: (stream) => chooseScenario(stream, requiredScenarios()),
    isEnough: () => lastFault.atMs < Infinity,
    retryLimits: { isExpired: () => performance.now() > lastFault.atMs + retriesAfterFaultsMs },
  });
  const injection = injectFaults().finally(() => {
    lastFault.atMs = performance.now();
    log('all processes run; waiting for the remaining checkouts');
  });
  const [{ checkouts }] = await Promise.all([running, injection]);
  const rest = await waitUntilConsistent(stack.databaseUrls, { lastRestartAt: lastFault.atMs, history });
  const samples = await sampler.stop();
  const stock = toInvariantResult(
    'stock + held + committed = ledger in every sample, and no negative value',
    `${samples.count} samples during the run, ${samples.violations.length} violations`,
    samples.violations,
  );
  return {
    ...{ checkouts, history },
    results: [
      ...(await checkHistoryInvariants(history, stack.databaseUrls.order, options.decline)),
      stock,
      rest,
    ],
  };
}
