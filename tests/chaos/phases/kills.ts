import { type Boundary, boundaries } from '../faults/boundaries';
import { KillPlan } from '../faults/kill-plan';
import { killAtBoundaries } from '../faults/killer';
import type { ChaosOptions } from '../options/options';
import type { Random } from '../random/random';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';
import { runLoadWithFaults } from './load-with-faults';
import type { Phase } from './phase';

const killedServices = ['order', 'product', 'payment'] as const;

/** A boundary that is not reached within this time is skipped for now. */
const reachedWithinMs = 20_000;

/** Kills processes at every commit of the saga while many customers check out. */
export const killsPhase: Phase = async (input) => {
  const { options, timeline } = input;
  const shop = await input.shop();
  const { stack, crashSwitch } = shop;
  const plans = plansOf(options, input.random);
  const armed = new Set<Boundary>();
  const timeoutAtMs = performance.now() + options.killsLimitMs;
  const killing = {
    crashSwitch,
    timeline,
    armed,
    reachedWithinMs,
    isExpired: () => performance.now() > timeoutAtMs,
  };
  const { checkouts, history, results } = await runLoadWithFaults(input, shop, {
    requiredScenarios: () => [...armed].flatMap(({ reachedBy }) => reachedBy),
    async injectFaults() {
      const before = timeline.checkouts;
      const isDone = () => plans.every(({ plan }) => plan.isDone);
      // Kills continue until the required number of checkouts is reached.
      const needsMoreCheckouts = () => isDone() && timeline.checkouts - before < options.checkouts;
      const kill = ({ name, plan }: (typeof plans)[number]) =>
        killAtBoundaries({ ...killing, plan, needsMoreCheckouts, replicas: stack.replicas[name] });
      do await Promise.all(plans.map(kill));
      while (needsMoreCheckouts() && !killing.isExpired());
    },
  });
  const kills = Object.assign({}, ...plans.map(({ plan }) => plan.counts())) as Record<string, number>;
  return {
    results: [killsResult(options, plans, checkouts), ...results],
    counts: { kills, responses: history.responseCounts(), outcomes: history.outcomeCounts() },
  };
};

function plansOf(options: ChaosOptions, random: Random) {
  const chosen = random.shuffle(boundaries).slice(0, options.boundaries);
  return killedServices.map((name) => {
    const ofService = chosen.filter(({ service }) => service === name);
    return { name, plan: new KillPlan(ofService, options.killsPerCommit, random.stream(name)) };
  });
}

function killsResult(
  { clients, checkouts: required }: ChaosOptions,
  plans: ReturnType<typeof plansOf>,
  checkouts: number,
): InvariantResult {
  const kills = plans.flatMap(({ plan }) => Object.entries(plan.counts()));
  const total = sum(kills.map(([, count]) => count));
  const commits = Map.groupBy(kills, ([name]) => name.replace(/\.(before|after)-commit$/, ''));
  const fewest = Math.min(...[...commits.values()].map((sides) => sum(sides.map(([, count]) => count))));
  return toInvariantResult(
    'processes are killed before and after each commit of the saga',
    `${total} SIGKILLs at ${kills.length} crash points, at least ${fewest} at each of ${commits.size} commits of the saga, during ${checkouts} checkouts of ${clients} clients`,
    [
      ...plans.flatMap(({ plan }) => plan.missing()),
      ...(checkouts < required ? [`${checkouts} checkouts, ${required} required`] : []),
    ],
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
