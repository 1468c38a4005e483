import { setTimeout as pause } from 'node:timers/promises';
import { planStrikes } from '../faults/strike-plan';
import { toInvariantResult } from '../report/invariant-result';
import { crowdUnderFire } from './crowd-under-fire';
import type { Phase, PhaseInput } from './phase';

/** Between two faults the shop gets as far as this, so that each one strikes a shop at work. */
const checkoutsBetween = 5;
const betweenAtMostMs = 10_000;

/** Processes freeze and die, PostgreSQL goes away, the network breaks, webhooks come twice, while many customers check out. */
export const faultsPhase: Phase = async (input) => {
  const shop = await input.shop();
  const strikes = planStrikes(input.options, input.random);
  const { checkouts, history, results } = await crowdUnderFire(input, shop, {
    wanted: () => [],
    async strike() {
      for (const strike of strikes) {
        await strike.run(shop, input.timeline);
        await waitForCheckouts(input);
      }
    },
  });
  return {
    results: [
      toInvariantResult(
        'the shop bears faults of processes, network, database and provider',
        `${strikes.length} faults over ${checkouts} checkouts by ${input.options.clients} clients`,
        [],
      ),
      ...results,
    ],
    counts: { responses: history.responseCounts(), outcomes: history.outcomeCounts() },
  };
};

async function waitForCheckouts({ timeline }: PhaseInput): Promise<void> {
  const wanted = timeline.checkouts + checkoutsBetween;
  const timeoutAtMs = performance.now() + betweenAtMostMs;
  while (timeline.checkouts < wanted && performance.now() < timeoutAtMs) await pause(20);
}
