import { join } from 'node:path';
import type { ChaosOptions } from './options/options';
import type { PhaseName } from './options/phase-names';
import { Timeline, type TimelineRecord } from './observation/timeline';
import { phases } from './phases';
import type { PhaseInput } from './phases/phase';
import { createRandom } from './random/random';
import { toInvariantResult, type PhaseReport } from './report/invariant-result';
import { SharedShop } from './shop/shared-shop';

/** Processes of each service in a phase. */
function replicasOf(phase: PhaseName, { killedReplicas }: ChaosOptions): number {
  if (phase === 'kills') return killedReplicas;
  return phase === 'oversell' || phase === 'rolling-restart' ? 2 : 1;
}

/** Directory of the services' logs, with a folder for each shop. */
export function logsDirOf({ artifactsDir }: ChaosOptions): string {
  return join(artifactsDir, 'chaos-logs');
}

export interface ChaosRun {
  phases: PhaseReport[];
  timeline: TimelineRecord;
}

/**
 * Runs the phases one after the other; a phase that throws counts as a violation, and the next one
 * runs.
 */
export async function runChaos(options: ChaosOptions, log: (line: string) => void): Promise<ChaosRun> {
  const random = createRandom(options.seed);
  const timeline = new Timeline();
  const sharedShop = new SharedShop(logsDirOf(options), options.decline);
  const reports: PhaseReport[] = [];
  try {
    for (const name of options.phases) {
      const shop = () => sharedShop.open({ replicas: replicasOf(name, options) });
      reports.push(await runPhase(name, { options, timeline, log, shop, random: random.stream(name) }));
    }
  } finally {
    await sharedShop.close();
  }
  return { phases: reports, timeline: timeline.record() };
}

async function runPhase(name: PhaseName, input: PhaseInput): Promise<PhaseReport> {
  input.log(`${name} …`);
  const startedAt = performance.now();
  const end = input.timeline.phase(name);
  const { results, counts = {} } = await phases[name](input).catch((error: unknown) => ({
    results: [
      toInvariantResult('the phase completes', 'it threw an error', [String((error as Error).stack)]),
    ],
    counts: {},
  }));
  end();
  return { name, durationMs: performance.now() - startedAt, results, counts };
}
