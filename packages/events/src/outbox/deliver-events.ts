import { setTimeout as pause } from 'node:timers/promises';
import { inTransaction, type Transaction } from '@shop/kit/database';
import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { deliverEventsPayload, planDeliveries } from './delivery-plan';
import { deliveries, type Delivery } from './delivery.repository';
import { type RelayParts, tryDelivery, type TryResult } from './try-delivery';

/** So many events of a subscriber in one run of its job, and so many at once. */
const batchSize = 100;
const parallelTries = 8;

type Parts = RelayParts & { dataSource: DataSource; logger: Logger };

/** Shorter pauses are waited out within the run: the queue looks for what is due once a second. */
const shortPauseMs = 250;
const longestRunMs = 2_000;

/**
 * The handler of `deliver-events`: brings a subscriber what it has not taken, the longest due first, and plans itself anew while
 * anything is left.
 */
export function deliverEventsTask(parts: Parts): JobHandler {
  return async (payload) => {
    const { subscriber } = deliverEventsPayload.parse(payload);
    const endsAt = performance.now() + longestRunMs;
    for (;;) {
      const delayMs = await runRound(subscriber, parts);
      if (delayMs === null) return;
      if (delayMs > shortPauseMs || performance.now() > endsAt) {
        return inTransaction(parts.dataSource, (transaction) =>
          planDeliveries(transaction, { subscriber, delayMs }),
        );
      }
      await pause(delayMs);
    }
  };
}

/** @returns milliseconds until the next round; null when nothing is left */
async function runRound(subscriber: string, parts: Parts): Promise<number | null> {
  const { dataSource, reachability } = parts;
  const due = await deliveries.findDue(dataSource.manager, subscriber, batchSize);
  const results = await tryAll(due, parts);
  return inTransaction(dataSource, async (transaction) => {
    await writeDown(transaction, subscriber, results, parts);
    const msToNext = await deliveries.msToNext(transaction, subscriber);
    return msToNext === null ? null : Math.max(msToNext, reachability.msUntilNextTry(subscriber));
  });
}

/**
 * The first that finds the subscriber away ends the round, and goes to the end of the line: it may be the one that makes the
 * subscriber hang.
 */
async function tryAll(due: readonly Delivery[], parts: Parts): Promise<Map<Delivery, TryResult>> {
  const results = new Map<Delivery, TryResult>();
  const waiting = [...due];
  let isAway = false;
  const work = async () => {
    for (let next = waiting.shift(); next && !isAway; next = waiting.shift()) {
      const result = await tryDelivery(next, parts);
      results.set(next, result);
      isAway ||= result.kind === 'away';
    }
  };
  await Promise.all(Array.from({ length: parallelTries }, work));
  return results;
}

async function writeDown(
  transaction: Transaction,
  subscriber: string,
  results: ReadonlyMap<Delivery, TryResult>,
  { policy, logger }: Parts,
): Promise<void> {
  const delivered: string[] = [];
  for (const [{ event, failures }, result] of results) {
    if (result.kind === 'delivered') delivered.push(event.id);
    else if (result.kind === 'refused' && failures + 1 >= policy.maximumFailures) {
      await deliveries.bury(transaction, result.failed);
      const { id: eventId, type } = event;
      logger.error('event is dead', { eventId, type, subscriber, reason: result.failed.error });
    } else await deliveries.postpone(transaction, result.failed);
  }
  if (delivered.length > 0) await deliveries.remove(transaction, subscriber, delivered);
}
