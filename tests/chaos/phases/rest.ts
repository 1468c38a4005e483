import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@shop/local-stack/stack';
import { findViolations } from '../../invariants/invariants';
import { type Finding, findingOf } from '../report/finding';

/** What the shop promises: after the last restart, everything is decided by then. */
export const decidedWithinMs = 30_000;

/** Waits until goods and money agree over all databases and the provider's books, as long as the shop promises at most. */
export async function comeToRest(
  databaseUrls: Stack['databaseUrls'],
  lastRestartAt: number,
): Promise<Finding> {
  let violations = await findViolations(databaseUrls);
  // Looked at once more after the limit: looking itself takes its time.
  while (violations.length > 0 && performance.now() - lastRestartAt < decidedWithinMs) {
    await pause(200);
    violations = await findViolations(databaseUrls);
  }
  const seconds = (performance.now() - lastRestartAt) / 1_000;
  return findingOf(
    'every charge belongs to one CONFIRMED order or is refunded, everything is decided within 30 s of the last restart',
    `all four databases and the provider's books agree ${seconds.toFixed(1)} s after it`,
    violations,
  );
}
