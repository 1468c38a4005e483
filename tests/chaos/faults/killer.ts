import { setTimeout as pause } from 'node:timers/promises';
import type { StackService } from '@shop/local-stack/stack';
import type { Timeline } from '../observation/timeline';
import type { Boundary } from './boundaries';
import type { CrashSwitch } from './crash-switch';
import type { KillPlan } from './kill-plan';
import { restartAfterExit } from './restart-after-exit';

export interface KillerInput {
  /** All processes of one service. */
  replicas: readonly StackService[];
  crashSwitch: CrashSwitch;
  timeline: Timeline;
  /** What is armed now, so that the clients can be steered there. */
  armed: Set<Boundary>;
  /** Boundaries that nobody passes for this long are given up, for now. */
  reachedWithinMs: number;
  /** True when the time is up. */
  isOver: () => boolean;
}

/** So many boundaries of a service wait for their kill at once: the rare ones hold up nobody. */
const armedAtOnce = 4;

/** Kills one service at one boundary after the other and starts it again each time, until the plan is done and long enough. */
export async function killAtBoundaries(
  input: KillerInput & { plan: KillPlan; needsMoreCheckouts: () => boolean },
): Promise<void> {
  const { plan, needsMoreCheckouts, isOver } = input;
  while ((!plan.isDone || needsMoreCheckouts()) && !isOver()) {
    const due = plan.next(armedAtOnce);
    if (due.length === 0) return;
    for (const boundary of await killAtOneOf(due, input)) plan.count(boundary);
  }
}

/** Answers where the process died: nowhere when none of the boundaries was reached in time, seldom at two, one after the other. */
export async function killAtOneOf(boundaries: readonly Boundary[], input: KillerInput): Promise<Boundary[]> {
  const { replicas, crashSwitch, timeline, armed } = input;
  const living = replicas.map((service) => ({ service, pid: service.pid }));
  for (const boundary of boundaries) {
    crashSwitch.arm(boundary.name);
    armed.add(boundary);
  }
  await untilOneIsReached(boundaries, input);
  const reached = boundaries.filter(({ name }) => !crashSwitch.disarm(name));
  for (const boundary of boundaries) armed.delete(boundary);
  if (reached.length === 0) return [];
  const endOutage = timeline.outage(replicas[0]!.name, reached.map(({ name }) => name).join(', '));
  await restartKilled(living);
  endOutage();
  return reached;
}

async function untilOneIsReached(
  boundaries: readonly Boundary[],
  { replicas, crashSwitch, reachedWithinMs, isOver }: KillerInput,
): Promise<void> {
  const timeoutAtMs = performance.now() + reachedWithinMs;
  while (boundaries.every(({ name }) => crashSwitch.isArmed(name))) {
    if (performance.now() > timeoutAtMs || isOver()) return;
    // Somebody else's fault may have ended it meanwhile.
    await restartStopped(replicas);
    await pause(10);
  }
}

/** Waits until it shows which of the processes has died, and starts it again. */
async function restartKilled(
  living: readonly { service: StackService; pid: number | undefined }[],
): Promise<void> {
  for (;;) {
    const dead = living.find(({ service, pid }) => service.pid === undefined || service.pid !== pid);
    if (dead) {
      await restartAfterExit(dead.service, dead.pid);
      return restartStopped(living.map(({ service }) => service));
    }
    await pause(10);
  }
}

async function restartStopped(replicas: readonly StackService[]): Promise<void> {
  for (const service of replicas) if (service.pid === undefined) await restartAfterExit(service, undefined);
}
