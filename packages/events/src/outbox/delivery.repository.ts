import type { Transaction } from '@shop/kit/database';
import type { ShopEvent } from '../contracts';

/** An event that one subscriber has not taken yet. */
export interface Delivery {
  event: ShopEvent;
  subscriber: string;
  /** How often it was brought there. */
  tries: number;
  /** How many of those ended because of the event itself. */
  failures: number;
}

/** How a try ended that was not the last. */
export interface FailedTry {
  /** As it was before the try. */
  delivery: Delivery;
  isFailure: boolean;
  error: string;
  pauseMs: number;
}

/** The tables of `eventTables`, as the relay writes them. Stateless: each method is given its transaction or manager. */
export const deliveries = {
  /** Keeps what there is already: an event may be parked twice. */
  async insert(
    transaction: Transaction,
    parked: Delivery & { error: string | null; pauseMs: number },
  ): Promise<void> {
    const { event, subscriber, tries, failures, error, pauseMs } = parked;
    await transaction.query(
      `/* DeliveryRepository.insert */
       INSERT INTO event_deliveries (event_id, subscriber, event, tries, failures, last_error, next_try_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond')
       ON CONFLICT DO NOTHING`,
      [event.id, subscriber, JSON.stringify(event), tries, failures, error, pauseMs],
    );
  },

  /** Those whose time has come, the longest due first. */
  findDue(manager: Transaction, subscriber: string, limit: number): Promise<Delivery[]> {
    return manager.query<Delivery[]>(
      `/* DeliveryRepository.findDue */
       SELECT event, subscriber, tries, failures FROM event_deliveries
        WHERE subscriber = $1 AND next_try_at <= now() ORDER BY next_try_at LIMIT $2`,
      [subscriber, limit],
    );
  },

  async remove(transaction: Transaction, subscriber: string, eventIds: readonly string[]): Promise<void> {
    await transaction.query(
      '/* DeliveryRepository.remove */ DELETE FROM event_deliveries WHERE subscriber = $1 AND event_id = ANY ($2)',
      [subscriber, eventIds],
    );
  },

  /** Of two processes that tried at once, one counts. */
  async postpone(
    transaction: Transaction,
    { delivery, isFailure, error, pauseMs }: FailedTry,
  ): Promise<void> {
    await transaction.query(
      `/* DeliveryRepository.postpone */
       UPDATE event_deliveries
          SET tries = tries + 1, failures = failures + $4::int, last_error = $5,
              next_try_at = now() + $6 * interval '1 millisecond'
        WHERE event_id = $1 AND subscriber = $2 AND tries = $3`,
      [delivery.event.id, delivery.subscriber, delivery.tries, isFailure ? 1 : 0, error, pauseMs],
    );
  },

  /** Ends the delivery; the letter replaces an older one of the same event. */
  async bury(transaction: Transaction, { delivery, error }: FailedTry): Promise<void> {
    await transaction.query(
      `/* DeliveryRepository.bury */
       WITH ended AS (
         DELETE FROM event_deliveries WHERE event_id = $1 AND subscriber = $2 AND tries = $3 RETURNING *)
       INSERT INTO dead_letters (event_id, subscriber, event, tries, failures, last_error)
       SELECT event_id, subscriber, event, tries + 1, failures + 1, $4 FROM ended
       ON CONFLICT (event_id, subscriber) DO UPDATE
         SET tries = excluded.tries, failures = excluded.failures, last_error = excluded.last_error, died_at = now()`,
      [delivery.event.id, delivery.subscriber, delivery.tries, error],
    );
  },

  /** @returns milliseconds until the next of a subscriber's deliveries is due, 0 when one is; null when there is none */
  async msToNext(transaction: Transaction, subscriber: string): Promise<number | null> {
    const rows = await transaction.query<{ ms: number }[]>(
      `/* DeliveryRepository.msToNext */
       SELECT greatest(0, extract(epoch FROM min(next_try_at) - now()) * 1000)::float8 AS ms
         FROM event_deliveries WHERE subscriber = $1 HAVING count(*) > 0`,
      [subscriber],
    );
    return rows[0]?.ms ?? null;
  },
};
