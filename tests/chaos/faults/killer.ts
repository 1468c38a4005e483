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
  /** The armed boundaries; clients choose scenarios that reach them. */
  armed: Set<Boundary>;
  /** Boundaries that are not reached within this time are disarmed. */
  reachedWithinMs: number;
  /** True after the time limit. */
  isExpired: () => boolean;
}

/**
 * Boundaries of a service that are armed at the same time, so that a rare one does not block the
 * others.
 */
const maxArmed = 4;

/** Kills and restarts a service, at one group of boundaries after the other, until the plan is done. */
export async function killAtBoundaries(
  input: KillerInput & { plan: KillPlan; needsMoreCheckouts: () => boolean },
): Promise<void> {
  const { plan, needsMoreCheckouts, isExpired } = input;
  while ((!plan.isDone || needsMoreCheckouts()) && !isExpired()) {
    const due = plan.next(maxArmed);
    if (due.length === 0) return;
    for (const boundary of await killAtOneOf(due, input)) plan.count(boundary);
  }
}

/** @returns the boundaries at which a process died: none if none was reached in time, rarely two */
export async function killAtOneOf(boundaries: readonly Boundary[], input: KillerInput): Promise<Boundary[]> {
  const { replicas, crashSwitch, timeline, armed } = input;
  const running = replicas.map((service) => ({ service, pid: service.pid }));
  for (const boundary of boundaries) {
    crashSwitch.arm(boundary.name);
    armed.add(boundary);
  }
  await untilOneIsReached(boundaries, input);
  const reached = boundaries.filter(({ name }) => !crashSwitch.disarm(name));
  for (const boundary of boundaries) armed.delete(boundary);
  if (reached.length === 0) return [];
  const endOutage = timeline.outage(replicas[0]!.name, reached.map(({ name }) => name).join(', '));
  await restartKilled(running);
  endOutage();
  return reached;
}

async function untilOneIsReached(
  boundaries: readonly Boundary[],
  { replicas, crashSwitch, reachedWithinMs, isExpired }: KillerInput,
): Promise<void> {
  const timeoutAtMs = performance.now() + reachedWithinMs;
  while (boundaries.every(({ name }) => crashSwitch.isArmed(name))) {
    if (performance.now() > timeoutAtMs || isExpired()) return;
    // Another fault may have killed it.
    await restartStopped(replicas);
    await pause(10);
  }
}

/** Waits until one of the processes has exited, then restarts it. */
async function restartKilled(
  running: readonly { service: StackService; pid: number | undefined }[],
): Promise<void> {
  for (;;) {
    const exited = running.find(({ service, pid }) => service.pid === undefined || service.pid !== pid);
    if (exited) {
      await restartAfterExit(exited.service, exited.pid);
      return restartStopped(running.map(({ service }) => service));
    }
    await pause(10);
  }
}

async function restartStopped(replicas: readonly StackService[]): Promise<void> {
  for (const service of replicas) if (service.pid === undefined) await restartAfterExit(service, undefined);
}
