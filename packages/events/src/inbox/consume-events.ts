import { inTransaction, isConnectionLost, isDatabaseBusy, type Transaction } from '@shop/kit/database';
import { currentTrace, inSpan, runInTraceOf } from '@shop/kit/telemetry';
import type { DataSource } from 'typeorm';
import { type EventBus, type RejectedEvents, SubscriberUnavailable } from '../bus';
import {
  messagingSpan,
  parseEvents,
  type ShopEvent,
  type ShopEventType,
  UnknownEventTypeError,
} from '../contracts';
import { insertNew } from './inbox.repository';

/**
 * The events that a service handles or ignores. Any other type is rejected, because a newer version
 * of the service may handle it.
 */
export interface EventHandlers {
  types: readonly ShopEventType[];
  /** Acknowledged without an effect. */
  ignored?: readonly ShopEventType[];
  /**
   * Runs in the transaction that inserts the events into the inbox. If it throws, the transaction
   * is rolled back: a batch is then handled event by event, and a single event is rejected.
   *
   * @param events without those that were consumed before, in no particular order
   * @returns called after the commit
   */
  handle(transaction: Transaction, events: readonly ShopEvent[]): Promise<void | (() => void)>;
}

/** Events per transaction: it holds the rows that its handlers change. */
const maximumTogether = 25;

export interface Inbox {
  dataSource: DataSource;
  /** The name under which events are stored as consumed; one per effect, for example `order`. */
  consumer: string;
  handlers: EventHandlers;
}

/**
 * Consumes each event once, even if it is delivered several times; up to 25 in one transaction
 * unless an event is rejected.
 *
 * @returns the rejected events by ID, with the reason: SubscriberUnavailable if the database was
 *   overloaded
 * @throws the database's error if its connection was lost; the events may be delivered again
 */
export async function consumeEvents(events: readonly ShopEvent[], inbox: Inbox): Promise<RejectedEvents> {
  const { types, ignored = [] } = inbox.handlers;
  const refused = new Map<string, Error>();
  const handled = new Map<string, ShopEvent>();
  for (const event of events) {
    if (types.includes(event.type)) handled.set(event.id, event);
    else if (!ignored.includes(event.type)) refused.set(event.id, new UnknownEventTypeError(event.type));
  }
  const all = [...handled.values()];
  for (let start = 0; start < all.length; start += maximumTogether)
    await consumeTogether(all.slice(start, start + maximumTogether), inbox, refused);
  return refused;
}

async function consumeTogether(
  events: readonly ShopEvent[],
  inbox: Inbox,
  refused: Map<string, Error>,
): Promise<void> {
  const [first] = events;
  if (!first) return;
  try {
    await consume(events, inbox);
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    if (events.length === 1) refused.set(first.id, refusalOf(error, inbox.consumer));
    else await consumeEach(events, inbox, refused);
  }
}

/**
 * After an event fails because the database is busy, for example its order's row is locked, the
 * rest is left for the next delivery: each event could wait for the statement timeout.
 */
async function consumeEach(
  events: readonly ShopEvent[],
  inbox: Inbox,
  refused: Map<string, Error>,
): Promise<void> {
  let busy: Error | undefined;
  for (const event of events) {
    if (busy) refused.set(event.id, busy);
    else await consumeTogether([event], inbox, refused);
    const refusal = refused.get(event.id);
    if (refusal instanceof SubscriberUnavailable) busy ??= refusal;
  }
}

function refusalOf(error: unknown, consumer: string): Error {
  if (isDatabaseBusy(error)) return new SubscriberUnavailable(consumer, { cause: error });
  return error as Error;
}

async function consume(events: readonly ShopEvent[], inbox: Inbox): Promise<void> {
  const { dataSource, consumer, handlers } = inbox;
  const effect = () =>
    inTransaction(dataSource, async (transaction) => {
      const newIds = new Set(await insertNew(transaction, consumer, [...events.map(({ id }) => id)].sort()));
      const unseen = events.filter(({ id }) => newIds.has(id));
      return unseen.length > 0 ? handlers.handle(transaction, unseen) : undefined;
    });
  const { name, options } = messagingSpan('process', events);
  const attributes = { ...options.attributes, 'messaging.consumer.group.name': consumer };
  const run = () => inSpan(name, { ...options, kind: 'consumer', attributes }, effect);
  // A delivery over HTTP is in the trace of its request already.
  const afterCommit = await (currentTrace() ? run() : runInTraceOf(options.links, run));
  afterCommit?.();
}

/**
 * A bus that also delivers to the service's own inbox, under the service's name: for retries of
 * events from a broker.
 *
 * @param inboxOf undefined as long as the service receives no events
 */
export function withInbox(bus: EventBus, name: string, inboxOf: () => Inbox | undefined): EventBus {
  return {
    subscribersOf: (type) => bus.subscribersOf(type),
    async deliver(given, subscriber) {
      const inbox = inboxOf();
      if (!inbox || subscriber !== name) return bus.deliver(given, subscriber);
      const { events, refused } = parseEvents(given);
      try {
        return new Map([...refused, ...(await consumeEvents(events, inbox))]);
      } catch (cause) {
        throw isConnectionLost(cause) ? new SubscriberUnavailable(name, { cause }) : cause;
      }
    },
  };
}
