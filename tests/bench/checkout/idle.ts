import { setTimeout as pause } from 'node:timers/promises';
import { subgraphNames } from '@shop/local-stack/stack';
import { callsOf, countsBetween } from '../../counters/counters';
import { type MeasuredShop, type PerProcess, processNames } from './measured-shop';

export interface IdleResult {
  shop: string;
  /** Per second, as are the counts. */
  cpuMs: PerProcess;
  commits: number;
  statements: number;
}

const durationMs = 10_000;

/** Measures CPU time and statements of the whole shop without requests. */
export async function measureIdle(shop: MeasuredShop): Promise<IdleResult> {
  const before = await shop.resume();
  const startedAt = performance.now();
  // Waits until the services have done the work that became due while they were suspended.
  await pause(durationMs);
  const cpuBefore = shop.cpuMs();
  await pause(durationMs);
  const cpuMs = shop.cpuMs();
  for (const name of processNames) cpuMs[name] = (cpuMs[name] - cpuBefore[name]) / (durationMs / 1_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { databases } = countsBetween(before, await shop.suspend());
  const sum = (count: (name: (typeof subgraphNames)[number]) => number) =>
    subgraphNames.reduce((total, name) => total + count(name), 0) / seconds;
  return {
    shop: shop.name,
    cpuMs,
    commits: sum((name) => databases[name].commits),
    statements: sum((name) => callsOf(databases[name].statements)),
  };
}
