import type { Snapshot } from '@shop/kit/operator';
import { type QueuedEvent, queuedEvents } from '../operations';

/**
 * An undelivered event or a dead letter. `sinceMs`: the time of the event, in milliseconds since
 * 1970.
 */
export type EventRecord = { kind: 'event'; sinceMs: number } & Pick<
  QueuedEvent,
  'state' | 'eventId' | 'type' | 'subscriber' | 'lastError'
>;

/** All events of the outbox of a service. */
export async function* eventRecords(snapshot: Snapshot): AsyncGenerator<EventRecord> {
  for await (const event of snapshot.rows<QueuedEvent>(`/* EventRecords.queued */ ${queuedEvents}`)) {
    const { state, eventId, type, subscriber, ageSeconds, lastError } = event;
    const sinceMs = snapshot.atMs - ageSeconds * 1_000;
    yield { kind: 'event', state, eventId, type, subscriber, sinceMs, lastError };
  }
}
