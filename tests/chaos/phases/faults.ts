import { setTimeout as pause } from 'node:timers/promises';
import { planFaults } from '../faults/fault-plan';
import { toInvariantResult } from '../report/invariant-result';
import { runLoadWithFaults } from './load-with-faults';
import type { Phase, PhaseInput } from './phase';

/** Checkouts between two faults, so that each fault is injected under load. */
const checkoutsBetweenFaults = 5;
const checkoutsTimeoutMs = 10_000;

/** Injects faults of processes, PostgreSQL, network and webhooks while many customers check out. */
export const faultsPhase: Phase = async (input) => {
  const shop = await input.shop();
  const faults = planFaults(input.options, input.random);
  const { checkouts, history, results } = await runLoadWithFaults(input, shop, {
    requiredScenarios: () => [],
    async injectFaults() {
      for (const fault of faults) {
        await fault.run(shop, input.timeline);
        await waitForCheckouts(input);
      }
    },
  });
  return {
    results: [
      toInvariantResult(
        'the shop tolerates faults of processes, network, database and provider',
        `${faults.length} faults during ${checkouts} checkouts of ${input.options.clients} clients`,
        [],
      ),
      ...results,
    ],
    counts: { responses: history.responseCounts(), outcomes: history.outcomeCounts() },
  };
};

async function waitForCheckouts({ timeline }: PhaseInput): Promise<void> {
  const target = timeline.checkouts + checkoutsBetweenFaults;
  const timeoutAtMs = performance.now() + checkoutsTimeoutMs;
  while (timeline.checkouts < target && performance.now() < timeoutAtMs) await pause(20);
}
