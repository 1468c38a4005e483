import { query, statement, type Transaction } from '@shop/kit/database';
import type { DueRow, DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import type { ShopEvent } from '../contracts';

/** An event that one subscriber has not accepted yet. */
export interface Delivery {
  event: ShopEvent;
  subscriber: string;
  /** Attempts that failed because the subscriber rejected the event. */
  failures: number;
}

export type ClaimedDelivery = Delivery & DueRow;

/** A failed delivery attempt. */
export interface FailedTry {
  delivery: ClaimedDelivery;
  /** True if the subscriber rejected the event; false if it was unavailable. */
  isFailure: boolean;
  error: string;
  pauseMs: number;
}

/** Longer than a batch can take, even if each event of it is delivered alone. */
const leaseMs = 30_000;

export const deliveryTable: DueTable = {
  table: 'event_deliveries',
  key: { event_id: 'uuid', subscriber: 'text' },
  columns: 'due_row.event, due_row.subscriber, due_row.failures',
  leaseMs,
};

/**
 * SQL of a WITH item that inserts deliveries if the item `guard` has a row.
 *
 * @param parameter of `Outbox.deliveriesOf`, for example `$9`
 * @param event SQL expression of the stored event; `delivery.event` is the one from the parameter
 */
export function insertDeliveries(parameter: string, guard: string, event = 'delivery.event'): string {
  return `INSERT INTO event_deliveries (event_id, subscriber, event, due_at)
    SELECT (delivery.event ->> 'id')::uuid, delivery.subscriber, ${event}, now()
      FROM ${guard}, jsonb_to_recordset(${parameter}::jsonb) AS delivery (subscriber text, event jsonb)
    ON CONFLICT DO NOTHING`;
}

const insert = statement(
  'DeliveryRepository.insert',
  `WITH given AS (SELECT) ${insertDeliveries('$1', 'given')}`,
);

/** Subscriber name that means every subscriber, for programs that do not know the transport. */
export const everySubscriber = '*';

/** Each removed row is replaced by the deliveries under its event ID in the parameter. */
const expand = statement(
  'DeliveryRepository.expand',
  `WITH expanded AS (
     DELETE FROM event_deliveries WHERE subscriber = '${everySubscriber}' AND event_id = ANY ($1::uuid[])
     RETURNING event_id)
   ${insertDeliveries('($2::jsonb -> expanded.event_id::text)', 'expanded')}`,
);

const park = statement(
  'DeliveryRepository.park',
  `INSERT INTO event_deliveries (event_id, subscriber, event, due_tries, failures, last_error, due_at)
   SELECT (event ->> 'id')::uuid, $1, event, 1, 1, error, now() + $4 * interval '1 millisecond'
     FROM unnest($2::jsonb[], $3::text[]) AS refused (event, error)
   ON CONFLICT DO NOTHING`,
);

const remove = statement(
  'DeliveryRepository.remove',
  'DELETE FROM event_deliveries WHERE subscriber = $1 AND event_id = ANY ($2::uuid[])',
);

/** Only rows whose lease is that of the try: none that were claimed again, or replayed, since. */
const failedRows = `unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::text[], $6::float8[], $7::timestamptz[])
    AS failed (event_id, subscriber, tries, failures, error, pause_ms, leased_until)
  WHERE delivery.event_id = failed.event_id AND delivery.subscriber = failed.subscriber
    AND delivery.due_at = failed.leased_until`;

const postpone = statement(
  'DeliveryRepository.postpone',
  `UPDATE event_deliveries AS delivery
      SET due_at = now() + failed.pause_ms * interval '1 millisecond', failures = failed.failures,
          last_error = failed.error
     FROM ${failedRows}`,
);

const moveToDeadLetters = statement(
  'DeliveryRepository.moveToDeadLetters',
  `WITH ended AS (
     DELETE FROM event_deliveries AS delivery USING ${failedRows}
     RETURNING delivery.event_id, delivery.subscriber, delivery.event, failed.tries, failed.failures, failed.error)
   INSERT INTO dead_letters (event_id, subscriber, event, tries, failures, last_error)
   SELECT * FROM ended
   ON CONFLICT (event_id, subscriber) DO UPDATE
     SET tries = excluded.tries, failures = excluded.failures, last_error = excluded.last_error, died_at = now()
   RETURNING event_id AS "eventId", subscriber`,
);

/** Writes to the tables of `eventTables`, for the relay and the outbox. */
export const deliveries = {
  /** Has no effect for a delivery that exists. @param rows as `Outbox.deliveriesOf` returns them */
  async insert(transaction: Transaction, rows: string): Promise<void> {
    await query(transaction, insert, [rows]);
  },

  /**
   * Stores events that the service's own inbox has rejected once, to be retried after the pause.
   */
  async park(
    dataSource: DataSource,
    subscriber: string,
    refused: readonly { event: ShopEvent; error: string }[],
    pauseMs: number,
  ): Promise<void> {
    await query(dataSource, park, [
      subscriber,
      refused.map(({ event }) => JSON.stringify(event)),
      refused.map(({ error }) => error),
      pauseMs,
    ]);
  },

  /** Replaces the rows of these events for every subscriber by one row per subscriber. */
  async expand(
    dataSource: DataSource,
    deliveriesOf: Readonly<Record<string, readonly { subscriber: string; event: ShopEvent }[]>>,
  ): Promise<void> {
    await query(dataSource, expand, [Object.keys(deliveriesOf), JSON.stringify(deliveriesOf)]);
  },

  async remove(dataSource: DataSource, subscriber: string, eventIds: readonly string[]): Promise<void> {
    await query(dataSource, remove, [subscriber, eventIds]);
  },

  async postpone(dataSource: DataSource, tries: readonly FailedTry[]): Promise<void> {
    await query(dataSource, postpone, failedValues(tries));
  },

  /**
   * Moves deliveries to the dead letters; one replaces an older dead letter of the same event.
   *
   * @returns those that were moved
   */
  moveToDeadLetters(
    dataSource: DataSource,
    tries: readonly FailedTry[],
  ): Promise<{ eventId: string; subscriber: string }[]> {
    return query(dataSource, moveToDeadLetters, failedValues(tries));
  },
};

function failedValues(tries: readonly FailedTry[]): unknown[] {
  return [
    tries.map(({ delivery }) => delivery.event.id),
    tries.map(({ delivery }) => delivery.subscriber),
    tries.map(({ delivery }) => delivery.dueTries),
    tries.map(({ delivery, isFailure }) => delivery.failures + (isFailure ? 1 : 0)),
    tries.map(({ error }) => error),
    tries.map(({ pauseMs }) => pauseMs),
    tries.map(({ delivery }) => delivery.leasedUntil),
  ];
}
