import type { Transaction } from '@shop/kit/database';
import { addJob, type JobHandler } from '@shop/kit/jobs';
import { runInTrace } from '@shop/kit/telemetry';
import type { EventBus } from '../bus';
import { parseEvent, type ShopEvent } from '../contracts';

/** Name of the job that brings one event to its subscribers. */
export const publishEventJob = 'publish-event';

const maximumAttempts = 10;

/** Writes an event in the transaction of what it tells: it is published exactly if that commits. */
export async function publishEvent(transaction: Transaction, event: ShopEvent): Promise<void> {
  await addJob(transaction, { task: publishEventJob, payload: event, maximumAttempts });
}

/** The handler of `publish-event`: in the event's own trace, again after a pause when a subscriber is missing. */
export function publishEventTask(bus: EventBus): JobHandler {
  return async (payload) => {
    const event = parseEvent(payload);
    // An older process may meet an event of a newer one in the same database: the newer one will take it.
    if (!event) throw new Error('event of a type that this version does not know');
    await runInTrace(event.traceparent, () => bus.publish(event));
  };
}
