import { registerCustomers, runCrowd } from '../clients/crowd';
import { chooseScenario, type Scenario } from '../clients/scenario';
import { History } from '../history/history';
import { sampleStock } from '../observation/stock-sampler';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';
import { checkHistoryInvariants } from './history-invariants';
import type { PhaseInput } from './phase';
import { waitUntilConsistent } from './rest';

export interface Fire {
  /** Does the harm; resolves when everything is up again. Nobody begins a checkout after that. */
  strike: () => Promise<void>;
  /** Ways through the saga that are needed just now. */
  wanted: () => readonly Scenario[];
}

/** What is not known by then was promised to be. */
const patienceAfterMs = 120_000;

/** Many customers check out during faults; then stock, money and the responses are compared. */
export async function crowdUnderFire(
  { options, random, timeline, say }: PhaseInput,
  { stack, send, admin, assortment }: ChaosShop,
  { strike, wanted }: Fire,
): Promise<{ checkouts: number; history: History; results: InvariantResult[] }> {
  const customers = await registerCustomers(send, options.clients);
  const history = new History();
  const sampler = sampleStock(stack.databaseUrls.product);
  const struck = { atMs: Infinity };
  const crowd = runCrowd({
    ...{ customers, admin, assortment, history, timeline, random: random.stream('crowd') },
    choose: (stream) => chooseScenario(stream, wanted()),
    isEnough: () => struck.atMs < Infinity,
    patience: { isOver: () => performance.now() > struck.atMs + patienceAfterMs },
  });
  const striking = strike().finally(() => {
    struck.atMs = performance.now();
    say('everything is up again; the customers finish');
  });
  const [{ checkouts }] = await Promise.all([crowd, striking]);
  const rest = await waitUntilConsistent(stack.databaseUrls, { lastRestartAt: struck.atMs, history });
  const samples = await sampler.stop();
  const stock = toInvariantResult(
    'stock + held + committed = ledger at each moment, nothing below zero',
    `${samples.count} samples while everything ran, ${samples.violations.length} broken`,
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
