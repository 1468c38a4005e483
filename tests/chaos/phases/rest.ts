import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@shop/local-stack/stack';
import type { History } from '../history/history';
import { RefundOperator } from '../shop/refund-operator';
import { findViolations } from '../../invariants/invariants';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';

/**
 * Every order and payment is decided within this time after the last restart. Work that a killed
 * process had claimed waits for the end of its lease, at most 30 s (events).
 */
const decidedWithinMs = 40_000;
/** Time limit for checkouts that started after the last restart. */
const lastWorkMs = 10_000;

/**
 * Waits until stock and money are consistent across all databases and the provider's records, up to
 * the time limit. Also reports operations whose outcome was decided after the limit.
 */
export async function waitUntilConsistent(
  databaseUrls: Stack['databaseUrls'],
  { lastRestartAt, history }: { lastRestartAt: number; history: History },
): Promise<InvariantResult> {
  const decisionLimitAt = lastRestartAt + decidedWithinMs;
  const timeoutAtMs = Math.max(decisionLimitAt, performance.now() + lastWorkMs);
  const operator = new RefundOperator(databaseUrls.payment);
  const check = async () => {
    await operator.retryFailed();
    return findViolations(databaseUrls);
  };
  let violations = await check();
  // The last check starts after the limit, because a check takes time.
  while (violations.length > 0 && performance.now() < timeoutAtMs) {
    await pause(200);
    violations = await check();
  }
  const seconds = (performance.now() - lastRestartAt) / 1_000;
  return toInvariantResult(
    'every charge belongs to one CONFIRMED order or is refunded, everything is decided within 40 s of the last restart',
    `the four databases and the provider's records agree ${seconds.toFixed(1)} s after the last restart, including the last checkouts and ${operator.retried.length} retried refunds`,
    [
      ...violations,
      ...(await operator.findUnexpectedRefunds()),
      ...lateDecisions(history, lastRestartAt, decisionLimitAt),
    ],
  );
}

function lateDecisions({ operations }: History, lastRestartAt: number, decisionLimitAt: number): string[] {
  return operations
    .filter(
      ({ responses }) =>
        (responses[0]?.atMs ?? Infinity) < lastRestartAt && responses.at(-1)!.atMs > decisionLimitAt,
    )
    .map(
      ({ kind, key, responses }) =>
        `${kind} with key ${key} was decided ${Math.round((responses.at(-1)!.atMs - lastRestartAt) / 1_000)} s after the last restart`,
    );
}
