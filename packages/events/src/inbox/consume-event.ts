import { inTransaction, type Transaction } from '@shop/kit/database';
import { currentTraceparent, runInTrace } from '@shop/kit/telemetry';
import type { DataSource } from 'typeorm';
import { type EventOfType, type ShopEvent, type ShopEventType, UnknownEventTypeError } from '../contracts';
import { consumeOnce } from './inbox.repository';

/**
 * Handlers by event type. A handler runs in the transaction that inserts the event into the inbox;
 * throw to have it delivered again. `'ignore'` acknowledges a type that has no effect here. A type
 * that is not listed is rejected, because a newer version may handle it.
 */
export type EventHandlers = {
  [Type in ShopEventType]?:
    'ignore' | ((transaction: Transaction, event: EventOfType<Type>) => Promise<void>);
};

export interface Inbox {
  dataSource: DataSource;
  /** Under which name events are remembered as consumed; one per effect, for example `order`. */
  consumer: string;
  handle: EventHandlers;
}

/**
 * Runs the event's handler, once even if the event is delivered several times.
 *
 * @throws UnknownEventTypeError when the inbox neither handles nor ignores the type
 * @throws what the handler throws
 */
export async function consumeEvent(event: ShopEvent, { dataSource, consumer, handle }: Inbox): Promise<void> {
  const handler = handle[event.type] as
    'ignore' | ((transaction: Transaction, event: ShopEvent) => Promise<void>) | undefined;
  if (!handler) throw new UnknownEventTypeError(event.type);
  if (handler === 'ignore') return;
  const consume = () =>
    inTransaction(dataSource, async (transaction) => {
      if (await consumeOnce(transaction, { consumer, eventId: event.id })) await handler(transaction, event);
    });
  // Over HTTP the delivery's own span is running, and belongs to the event's trace already.
  await (currentTraceparent() === undefined ? runInTrace(event.traceparent, consume) : consume());
}
