import type { Snapshot } from '@shop/kit/operator';
import { queuedEvents } from '../operations/event-queue.repository';
import type { QueuedEvent } from '../operations';

/** An event that somebody has not got, or that is dead. */
export interface EventFact {
  kind: 'event';
  state: QueuedEvent['state'];
  eventId: string;
  type: string;
  /** Null: for everybody. */
  subscriber: string | null;
  /** When it happened, in milliseconds since 1970. */
  sinceMs: number;
  lastError: string | null;
}

/** What the outbox of a service still holds. */
export async function* eventFacts(snapshot: Snapshot): AsyncGenerator<EventFact> {
  for await (const event of snapshot.rows<QueuedEvent>(`/* EventFacts.queued */ ${queuedEvents}`)) {
    const { state, eventId, type, subscriber, ageSeconds, lastError } = event;
    const sinceMs = snapshot.atMs - ageSeconds * 1_000;
    yield { kind: 'event', state, eventId, type, subscriber, sinceMs, lastError };
  }
}
