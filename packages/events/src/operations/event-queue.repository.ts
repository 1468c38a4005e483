import type { Transaction } from '@shop/kit/database';

/** An event that has not reached everybody. */
export interface QueuedEvent {
  /** `waiting`: no try has failed. `retrying`: a subscriber has not taken it. `dead`: a subscriber refused it for good. */
  state: 'waiting' | 'retrying' | 'dead';
  eventId: string;
  type: string;
  /** Id of what the event is about. */
  subject: string;
  /** Whom it is for, `nats` standing for the broker; null: every subscriber. */
  subscriber: string | null;
  /** How often it was brought there. */
  tries: number;
  /** How many of those ended because of the event itself; ten are its death. */
  failures: number;
  lastError: string | null;
  /** Since it happened. */
  ageSeconds: number;
  /** Null unless dead. */
  diedAt: Date | null;
}

/** Which of them. */
export interface EventSelection {
  state?: QueuedEvent['state'];
  type?: string;
  subscriber?: string;
  eventId?: string;
  /** Default 100. */
  limit?: number;
}

/** Every event that somebody has not got, one row per subscriber; `event` is its content. */
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

/** The outbox of one service as an operator sees it. */
export const eventQueue = {
  /** Oldest first. */
  find<Row = QueuedEvent>(manager: Transaction, selection: EventSelection): Promise<Row[]> {
    const { state, type, subscriber, eventId, limit = 100 } = selection;
    return manager.query<Row[]>(
      `/* EventQueueRepository.find */ ${queuedEvents}
       WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR event ->> 'type' = $2)
         AND ($3::text IS NULL OR subscriber = $3) AND ($4::text IS NULL OR event ->> 'id' = $4)
       ORDER BY event ->> 'time', event ->> 'id', subscriber LIMIT $5`,
      [state, type, subscriber, eventId, limit],
    );
  },

  /** Brings dead letters back among the deliveries. @returns those that were dead until now */
  revive(
    transaction: Transaction,
    { eventIds, subscriber }: { eventIds?: readonly string[]; subscriber?: string },
  ): Promise<{ eventId: string; subscriber: string }[]> {
    return transaction.query(
      `/* EventQueueRepository.revive */
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
  },

  async count(
    manager: Transaction,
  ): Promise<{ undelivered: number; oldestAgeSeconds: number; dead: number }> {
    const [counts] = await manager.query<[{ undelivered: number; oldestAgeSeconds: number; dead: number }]>(
      `/* EventQueueRepository.count */
       WITH queued AS (${queuedEvents})
       SELECT (count(*) FILTER (WHERE state <> 'dead'))::int AS undelivered,
              coalesce(max("ageSeconds") FILTER (WHERE state <> 'dead'), 0)::float8 AS "oldestAgeSeconds",
              (count(*) FILTER (WHERE state = 'dead'))::int AS dead
         FROM queued`,
    );
    return counts;
  },
};
