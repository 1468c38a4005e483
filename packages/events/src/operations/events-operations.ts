import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { ShopEvent } from '../contracts';
import { eventQueue, type EventSelection, type QueuedEvent } from './event-queue.repository';

/** Counts of one service's outbox. */
export interface EventCounts {
  /** Undelivered events, counted once per subscriber. */
  undelivered: number;
  /** Age of the oldest of them; 0 if there is none. */
  oldestAgeSeconds: number;
  deadLetters: number;
}

/** For metrics; one statement in the service's own database. */
export async function countEvents(dataSource: DataSource): Promise<EventCounts> {
  const { undelivered, oldestAgeSeconds, dead } = await eventQueue.count(dataSource.manager);
  return { undelivered, oldestAgeSeconds, deadLetters: dead };
}

/** Undelivered events, including dead letters, oldest first. */
export async function listEvents(
  dataSource: DataSource,
  selection: EventSelection = {},
): Promise<QueuedEvent[]> {
  const found = await eventQueue.find<QueuedEvent & { event: unknown }>(dataSource.manager, selection);
  return found.map(({ event: _event, ...entry }) => entry);
}

/**
 * One event with its content, one entry per subscriber that has not accepted it; empty if all have.
 */
export function showEvent(
  dataSource: DataSource,
  eventId: string,
): Promise<(QueuedEvent & { event: ShopEvent })[]> {
  return eventQueue.find(dataSource.manager, { eventId });
}

/**
 * Moves dead letters back to the outbox with no failures counted; all of them if none is named.
 * Runs in one transaction, so a repeat has no effect.
 *
 * @returns the events that were moved
 */
export function replayEvents(
  dataSource: DataSource,
  selection: { eventIds?: readonly string[]; subscriber?: string } = {},
): Promise<{ eventId: string; subscriber: string }[]> {
  return inTransaction(dataSource, (transaction) => eventQueue.revive(transaction, selection));
}
