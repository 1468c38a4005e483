import { setTimeout as pause } from 'node:timers/promises';
import { planFaults } from '../faults/fault-plan';
import { toInvariantResult } from '../report/invariant-result';
import { runLoadWithFaults } from './load-with-faults';
import type { Phase, PhaseInput } from './phase';

/** Checkouts between two faults, so that each fault is injected under load. */
const checkoutsBetweenFaults = 5;
/** Longer than the leases of work that a killed process had claimed (30 s). */
const checkoutsTimeoutMs = 60_000;

/** Injects faults of processes, PostgreSQL, network and webhooks while many customers check out. */
export const faultsPhase: Phase = async (input) => {
  const shop = await input.shop();
  const faults = planFaults(input.options, input.random);
  const stalls: string[] = [];
  const { checkouts, history, results } = await runLoadWithFaults(input, shop, {
    requiredScenarios: () => [],
    async injectFaults() {
      for (const fault of faults) {
        await fault.run(shop, input.timeline);
        const finished = await waitForCheckouts(input);
        if (finished < checkoutsBetweenFaults)
          stalls.push(
            `${fault.name}: ${finished} checkouts finished within ${checkoutsTimeoutMs / 1_000} s after it, ${checkoutsBetweenFaults} required`,
          );
      }
    },
  });
  return {
    results: [
      toInvariantResult(
        'checkouts finish after each fault of processes, network and database',
        `${faults.length} faults during ${checkouts} checkouts of ${input.options.clients} clients`,
        stalls,
      ),
      ...results,
    ],
    counts: { responses: history.responseCounts(), outcomes: history.outcomeCounts() },
  };
};

/** @returns how many checkouts finished, at most for the time limit */
async function waitForCheckouts({ timeline }: PhaseInput): Promise<number> {
  const before = timeline.checkouts;
  const target = before + checkoutsBetweenFaults;
  const timeoutAtMs = performance.now() + checkoutsTimeoutMs;
  while (timeline.checkouts < target && performance.now() < timeoutAtMs) await pause(20);
  return timeline.checkouts - before;
}
