import { setTimeout as pause } from 'node:timers/promises';
import type { SupervisedProcess } from '@shop/local-stack/stack';

const limitMs = 60_000;

/** Waits until the process `deadPid` is gone and starts its successor at once, where the supervisor would pause longer each time. */
export async function revive(service: SupervisedProcess, deadPid: number | undefined): Promise<void> {
  const givenUpAt = performance.now() + limitMs;
  for (;;) {
    try {
      if (service.pid === undefined || service.pid !== deadPid) return await service.start();
    } catch (error) {
      // It died while it started; or its end was not noticed yet.
      if (performance.now() > givenUpAt) throw error;
    }
    if (performance.now() > givenUpAt) throw new Error(`process ${deadPid} did not die`);
    await pause(10);
  }
}
