import { join } from 'node:path';
import type { ChaosOptions } from './options/options';
import type { PhaseName } from './options/phase-names';
import { Timeline, type TimelineRecord } from './observation/timeline';
import { phases } from './phases';
import type { PhaseInput } from './phases/phase';
import { createRandom } from './random/random';
import { toInvariantResult, type PhaseReport } from './report/invariant-result';
import { ShopDoor } from './shop/shop-door';

/** How many processes of each service a phase wants; its shop is kept for those after it that want as many. */
function replicasOf(phase: PhaseName, { killedReplicas }: ChaosOptions): number {
  if (phase === 'kills') return killedReplicas;
  return phase === 'oversell' || phase === 'rolling-restart' ? 2 : 1;
}

/** The services' logs, a folder for each shop that was open: what a broken promise came from stands there. */
export function logsDirOf({ artifactsDir }: ChaosOptions): string {
  return join(artifactsDir, 'chaos-logs');
}

export interface ChaosRun {
  phases: PhaseReport[];
  timeline: TimelineRecord;
}

/** Runs the phases one after the other; one that breaks down is a broken promise, and the next one runs. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosRun> {
  const random = createRandom(options.seed);
  const timeline = new Timeline();
  const api = new ShopDoor(logsDirOf(options), options.decline);
  const reports: PhaseReport[] = [];
  try {
    for (const name of options.phases) {
      const shop = () => api.open({ replicas: replicasOf(name, options) });
      reports.push(await runPhase(name, { options, timeline, say, shop, random: random.stream(name) }));
    }
  } finally {
    await api.close();
  }
  return { phases: reports, timeline: timeline.record() };
}

async function runPhase(name: PhaseName, input: PhaseInput): Promise<PhaseReport> {
  input.say(`${name} …`);
  const startedAt = performance.now();
  const end = input.timeline.phase(name);
  const { results, counts = {} } = await phases[name](input).catch((error: unknown) => ({
    results: [
      toInvariantResult('the phase runs to its end', 'it broke down', [String((error as Error).stack)]),
    ],
    counts: {},
  }));
  end();
  return { name, durationMs: performance.now() - startedAt, results, counts };
}
