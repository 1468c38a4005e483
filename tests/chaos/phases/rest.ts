import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@shop/local-stack/stack';
import type { History } from '../history/history';
import { RefundOperator } from '../shop/refund-operator';
import { findViolations } from '../../invariants/invariants';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';

/** Every order and payment is decided within this time after the last restart. */
const decidedWithinMs = 30_000;
/** What the last customers began later than that gets this long. */
const lastWorkMs = 10_000;

/**
 * Waits until goods and money agree over all databases and the provider's books, as long as the shop promises at most; nor may
 * a customer have waited for longer than that to know.
 */
export async function waitUntilConsistent(
  databaseUrls: Stack['databaseUrls'],
  { lastRestartAt, history }: { lastRestartAt: number; history: History },
): Promise<InvariantResult> {
  const promisedAt = lastRestartAt + decidedWithinMs;
  const timeoutAtMs = Math.max(promisedAt, performance.now() + lastWorkMs);
  const operator = new RefundOperator(databaseUrls.payment);
  const look = async () => {
    await operator.retryFailed();
    return findViolations(databaseUrls);
  };
  let violations = await look();
  // Looked at once more after the limit: looking itself takes its time.
  while (violations.length > 0 && performance.now() < timeoutAtMs) {
    await pause(200);
    violations = await look();
  }
  const seconds = (performance.now() - lastRestartAt) / 1_000;
  return toInvariantResult(
    'every charge belongs to one CONFIRMED order or is refunded, everything is decided within 30 s of the last restart',
    `all four databases and the provider's books agree ${seconds.toFixed(1)} s after it, the last customers' own checkouts and ${operator.retried.length} failed refunds that were retried included`,
    [
      ...violations,
      ...(await operator.findUnexpectedRefunds()),
      ...lateDecisions(history, lastRestartAt, promisedAt),
    ],
  );
}

function lateDecisions({ operations }: History, lastRestartAt: number, promisedAt: number): string[] {
  return operations
    .filter(
      ({ responses }) =>
        (responses[0]?.atMs ?? Infinity) < lastRestartAt && responses.at(-1)!.atMs > promisedAt,
    )
    .map(
      ({ kind, key, responses }) =>
        `${kind} with key ${key} was decided ${Math.round((responses.at(-1)!.atMs - lastRestartAt) / 1_000)} s after the last restart`,
    );
}
