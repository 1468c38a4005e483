import type { ChaosOptions } from './options/options';
import type { PhaseName } from './options/phase-names';
import { Timeline, type TimelineRecord } from './observation/timeline';
import { phases } from './phases';
import type { PhaseInput } from './phases/phase';
import { createRandom } from './random/random';
import { findingOf, type PhaseReport } from './report/finding';
import { type ChaosShop, openChaosShop } from './shop/chaos-shop';

export interface ChaosRun {
  phases: PhaseReport[];
  timeline: TimelineRecord;
}

/** Runs the phases one after the other; one that breaks down is a broken promise, and the next one runs. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosRun> {
  const random = createRandom(options.seed);
  const timeline = new Timeline();
  let opened: Promise<ChaosShop> | undefined;
  const onNotice = () => undefined;
  const input = {
    ...{ options, timeline, say },
    shop: () => (opened ??= openChaosShop({ onNotice })),
  };
  const reports: PhaseReport[] = [];
  try {
    for (const name of options.phases)
      reports.push(await runPhase(name, { ...input, random: random.stream(name) }));
  } finally {
    await opened?.then((shop) => shop.close());
  }
  return { phases: reports, timeline: timeline.record() };
}

async function runPhase(name: PhaseName, input: PhaseInput): Promise<PhaseReport> {
  input.say(`${name} …`);
  const startedAt = performance.now();
  const end = input.timeline.phase(name);
  const { findings, counts = {} } = await phases[name]!(input).catch((error: unknown) => ({
    findings: [findingOf('the phase runs to its end', 'it broke down', [String((error as Error).stack)])],
    counts: {},
  }));
  end();
  return { name, durationMs: performance.now() - startedAt, findings, counts };
}
