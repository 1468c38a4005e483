import { setTimeout as pause } from 'node:timers/promises';
import type { StackService } from '@shop/local-stack/stack';
import type { Timeline } from '../observation/timeline';
import type { Boundary } from './boundaries';
import type { CrashSwitch } from './crash-switch';
import type { KillPlan } from './kill-plan';
import { revive } from './revive';

export interface KillerInput {
  service: StackService;
  crashSwitch: CrashSwitch;
  timeline: Timeline;
  /** What is armed now, so that the clients can be steered there. */
  armed: Set<Boundary>;
  /** A boundary that nobody passes for this long is given up, for now. */
  reachedWithinMs: number;
  /** True when the time is up. */
  isOver: () => boolean;
}

/** Kills one service at one boundary after the other and starts it again each time, until the plan is done and long enough. */
export async function killAtBoundaries(
  input: KillerInput & { plan: KillPlan; isWantedOn: () => boolean },
): Promise<void> {
  const { plan, isWantedOn, isOver } = input;
  while ((!plan.isDone || isWantedOn()) && !isOver()) {
    const boundary = plan.next();
    if (!boundary) return;
    if (await killAt(boundary, input)) plan.count(boundary);
  }
}

/** Answers false when the boundary was not reached in time. */
export async function killAt(boundary: Boundary, input: KillerInput): Promise<boolean> {
  const { service, crashSwitch, timeline, armed } = input;
  const { pid } = service;
  crashSwitch.arm(boundary.name);
  armed.add(boundary);
  const isReached = await untilReached(boundary, input);
  armed.delete(boundary);
  if (!isReached) return false;
  const endOutage = timeline.outage(service.name, boundary.name);
  await revive(service, pid);
  endOutage();
  return true;
}

async function untilReached(
  { name }: Boundary,
  { service, crashSwitch, reachedWithinMs, isOver }: KillerInput,
): Promise<boolean> {
  const givenUpAt = performance.now() + reachedWithinMs;
  while (crashSwitch.isArmed(name)) {
    if (performance.now() > givenUpAt || isOver()) return !crashSwitch.disarm(name);
    // Somebody else's fault may have ended it meanwhile.
    if (service.pid === undefined) await revive(service, undefined);
    await pause(10);
  }
  return true;
}
