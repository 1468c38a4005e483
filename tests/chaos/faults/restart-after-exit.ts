import { setTimeout as pause } from 'node:timers/promises';
import type { SupervisedProcess } from '@shop/local-stack/stack';

const limitMs = 60_000;

/** Waits for the exit of process `deadPid`, then starts it at once, without the restart delay. */
export async function restartAfterExit(
  service: SupervisedProcess,
  deadPid: number | undefined,
): Promise<void> {
  const timeoutAtMs = performance.now() + limitMs;
  for (;;) {
    try {
      if (service.pid === undefined || service.pid !== deadPid) return await service.start();
    } catch (error) {
      // It exited during the start, or its exit was not observed yet.
      if (performance.now() > timeoutAtMs) throw error;
    }
    if (performance.now() > timeoutAtMs) throw new Error(`process ${deadPid} did not exit`);
    await pause(10);
  }
}
