import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { ShopEvent } from '../contracts';
import { eventQueue, type EventSelection, type QueuedEvent } from './event-queue.repository';

/** What the outbox of one service holds. */
export interface EventCounts {
  /** Events that somebody has not got yet, each counted once per subscriber. */
  undelivered: number;
  /** Since the oldest of them happened; 0 when there is none. */
  oldestAgeSeconds: number;
  deadLetters: number;
}

/** For metrics: one statement over the service's own database. */
export async function countEvents(dataSource: DataSource): Promise<EventCounts> {
  const { undelivered, oldestAgeSeconds, dead } = await eventQueue.count(dataSource.manager);
  return { undelivered, oldestAgeSeconds, deadLetters: dead };
}

/** Events that are not delivered, dead ones included, oldest first. */
export async function listEvents(
  dataSource: DataSource,
  selection: EventSelection = {},
): Promise<QueuedEvent[]> {
  const found = await eventQueue.find<QueuedEvent & { event: unknown }>(dataSource.manager, selection);
  return found.map(({ event: _event, ...entry }) => entry);
}

/** One event with its content, one entry per subscriber that has not got it; empty when everybody has. */
export function showEvent(
  dataSource: DataSource,
  eventId: string,
): Promise<(QueuedEvent & { event: ShopEvent })[]> {
  return eventQueue.find(dataSource.manager, { eventId });
}

/**
 * Puts dead letters back into the outbox, where they have ten failures again; all of them when nothing is named. In one
 * transaction, so that a repeat finds nothing left to do.
 *
 * @returns what was put back
 */
export function replayEvents(
  dataSource: DataSource,
  selection: { eventIds?: readonly string[]; subscriber?: string } = {},
): Promise<{ eventId: string; subscriber: string }[]> {
  return inTransaction(dataSource, (transaction) => eventQueue.revive(transaction, selection));
}
