import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import type { ShopEvent } from '../contracts';

/** An event that at least one subscriber has not accepted. */
export interface QueuedEvent {
  /** `waiting`: no attempt has failed. `retrying`: an attempt has failed. `dead`: dead-lettered. */
  state: 'waiting' | 'retrying' | 'dead';
  eventId: string;
  type: string;
  /** ID of the entity that the event is about. */
  subject: string;
  /** `nats` is the broker; null: every subscriber. */
  subscriber: string | null;
  /** Number of delivery attempts. */
  tries: number;
  /** Attempts that the subscriber rejected; after ten the event is dead-lettered. */
  failures: number;
  lastError: string | null;
  /** Since the time of the event. */
  ageSeconds: number;
  /** Set if and only if `dead`. */
  diedAt: Date | null;
}

/** Filter of queued events; omitted fields match every event. */
export interface EventSelection {
  state?: QueuedEvent['state'];
  type?: string;
  subscriber?: string;
  eventId?: string;
  /** Default 100. */
  limit?: number;
}

/** Counts of one service's outbox. */
export interface EventCounts {
  /** Undelivered events, counted once per subscriber. */
  undelivered: number;
  /** Age of the oldest of them; 0 if there is none. */
  oldestAgeSeconds: number;
  deadLetters: number;
}

/** Undelivered events and dead letters, one row per subscriber; `event` is the content. */
export const queuedEvents = `
  WITH queued AS (
    SELECT CASE WHEN last_error IS NULL THEN 'waiting' ELSE 'retrying' END AS state, event,
           nullif(subscriber, '*') AS subscriber, due_tries AS tries, failures, last_error,
           NULL::timestamptz AS died_at
      FROM event_deliveries
    UNION ALL
    SELECT 'dead', event, subscriber, tries, failures, last_error, died_at FROM dead_letters)
  SELECT state, event ->> 'id' AS "eventId", event ->> 'type' AS type, event ->> 'subject' AS subject, subscriber, tries,
         failures, last_error AS "lastError", died_at AS "diedAt",
         greatest(0, extract(epoch FROM now() - (event ->> 'time')::timestamptz))::float8 AS "ageSeconds", event
    FROM queued`;

/** For metrics; one statement in the service's own database. */
export async function countEvents(dataSource: DataSource): Promise<EventCounts> {
  const [counts] = await dataSource.query<[EventCounts]>(
    `/* EventQueueRepository.count */
     WITH queued AS (${queuedEvents})
     SELECT (count(*) FILTER (WHERE state <> 'dead'))::int AS undelivered,
            coalesce(max("ageSeconds") FILTER (WHERE state <> 'dead'), 0)::float8 AS "oldestAgeSeconds",
            (count(*) FILTER (WHERE state = 'dead'))::int AS "deadLetters"
       FROM queued`,
  );
  return counts;
}

/** Undelivered events, including dead letters, oldest first. */
export async function listEvents(
  dataSource: DataSource,
  selection: EventSelection = {},
): Promise<QueuedEvent[]> {
  const found = await find(dataSource, selection);
  return found.map(({ event: _event, ...entry }) => entry);
}

/**
 * One event with its content, one entry per subscriber that has not accepted it; empty if all have.
 */
export function showEvent(dataSource: DataSource, eventId: string): Promise<QueuedEventWithContent[]> {
  return find(dataSource, { eventId });
}

type QueuedEventWithContent = QueuedEvent & { event: ShopEvent };

function find(dataSource: DataSource, selection: EventSelection): Promise<QueuedEventWithContent[]> {
  const { state, type, subscriber, eventId, limit = 100 } = selection;
  return dataSource.query(
    `/* EventQueueRepository.find */ ${queuedEvents}
     WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR event ->> 'type' = $2)
       AND ($3::text IS NULL OR subscriber = $3) AND ($4::text IS NULL OR event ->> 'id' = $4)
     ORDER BY event ->> 'time', event ->> 'id', subscriber LIMIT $5`,
    [state, type, subscriber, eventId, limit],
  );
}

/**
 * Moves dead letters back to the outbox with no failures counted; all of them if none is named. A
 * repeat has no effect.
 *
 * @returns the events that were moved
 */
export function replayEvents(
  dataSource: DataSource,
  { eventIds, subscriber }: { eventIds?: readonly string[]; subscriber?: string } = {},
): Promise<{ eventId: string; subscriber: string }[]> {
  return dataSource.query(
    `/* EventQueueRepository.replay */
     WITH revived AS (
       DELETE FROM dead_letters
        WHERE ($1::text[] IS NULL OR event_id::text = ANY ($1)) AND ($2::text IS NULL OR subscriber = $2)
       RETURNING event_id, subscriber, event),
     planned AS (
       INSERT INTO event_deliveries (event_id, subscriber, event, due_at)
       SELECT event_id, subscriber, event, now() FROM revived ON CONFLICT DO NOTHING)
     SELECT event_id AS "eventId", subscriber FROM revived`,
    [eventIds, subscriber],
  );
}

const gauges = defineGauges({
  reader: 'outbox',
  gauges: {
    shop_events_undelivered: 'Events that were not delivered yet, once per subscriber.',
    shop_events_undelivered_oldest_seconds: 'Since the oldest of them happened; 0 without one.',
    shop_events_dead_letters: 'Events that a subscriber has rejected ten times.',
  },
});

/** Registers the metrics of a service's outbox. */
export function registerEventMetrics(dataSource: DataSource): void {
  registerGauges({
    ...gauges,
    async read() {
      const { undelivered, oldestAgeSeconds, deadLetters } = await countEvents(dataSource);
      return {
        shop_events_undelivered: undelivered,
        shop_events_undelivered_oldest_seconds: oldestAgeSeconds,
        shop_events_dead_letters: deadLetters,
      };
    },
  });
}
