import { inTransaction, type Transaction } from '@shop/kit/database';
import { addJob, type JobHandler } from '@shop/kit/jobs';
import type { DataSource } from 'typeorm';
import { parseEvent, type ShopEvent } from '../contracts';
import { planDeliveries } from './delivery-plan';
import { deliveries, type FailedTry } from './delivery.repository';
import { type RelayParts, tryDelivery } from './try-delivery';

/** Name of the job that brings one event to its subscribers for the first time. */
export const publishEventJob = 'publish-event';

/** Writes an event in the transaction of what it tells: it is published exactly if that commits. */
export async function publishEvent(transaction: Transaction, event: ShopEvent): Promise<void> {
  await addJob(transaction, { task: publishEventJob, payload: event });
}

/**
 * The handler of `publish-event`: every subscriber is tried once, and what one does not take waits for that one alone. Killed in
 * between, it does all of it again.
 */
export function publishEventTask(parts: RelayParts & { dataSource: DataSource }): JobHandler {
  return async (payload) => {
    // Throws for a type of a newer version, so that the job stays for a process of that version.
    const event = parseEvent(payload);
    const subscribers = parts.bus.subscribersOf(event.type);
    const parked = await Promise.all(subscribers.map((subscriber) => firstTry(event, subscriber, parts)));
    const missing = parked.filter((failed) => failed !== null);
    if (missing.length > 0)
      await inTransaction(parts.dataSource, (transaction) => park(transaction, missing));
  };
}

/** @returns null when it was delivered */
async function firstTry(event: ShopEvent, subscriber: string, parts: RelayParts): Promise<FailedTry | null> {
  const delivery = { event, subscriber, tries: 0, failures: 0 };
  const msToWait = parts.reachability.msUntilNextTry(subscriber);
  if (msToWait > 0) return { delivery, isFailure: false, error: 'subscriber is away', pauseMs: msToWait };
  const result = await tryDelivery(delivery, parts);
  return result.kind === 'delivered' ? null : result.failed;
}

async function park(transaction: Transaction, missing: readonly FailedTry[]): Promise<void> {
  for (const failed of missing) await parkDelivery(transaction, failed);
}

/** Keeps an event for a subscriber that has not taken it, with the job that tries again. */
export async function parkDelivery(transaction: Transaction, failed: FailedTry): Promise<void> {
  const { delivery, isFailure, error, pauseMs } = failed;
  await deliveries.insert(transaction, {
    ...delivery,
    tries: delivery.tries + 1,
    failures: delivery.failures + (isFailure ? 1 : 0),
    error,
    pauseMs,
  });
  await planDeliveries(transaction, { subscriber: delivery.subscriber, delayMs: pauseMs });
}
