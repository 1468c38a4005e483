import { inTransaction, type Transaction } from '@shop/kit/database';
import type { AuthenticatedRoute } from '@shop/kit/service';
import type { DataSource } from 'typeorm';
import { InvalidEventError, parseEvent, type ShopEvent, type ShopEventType } from '../contracts';
import { consumeOnce } from './inbox.repository';

/** What happens on an event, in the transaction that remembers it as consumed. Throw to have it delivered again. */
export type EventHandlers = {
  [Type in ShopEventType]?: (
    transaction: Transaction,
    event: Extract<ShopEvent, { type: Type }>,
  ) => Promise<void>;
};

export interface EventsRouteOptions {
  dataSource: DataSource;
  /** Under which name events are remembered as consumed; one per effect, for example `order`. */
  consumer: string;
  handle: EventHandlers;
}

/**
 * POST /events: one CloudEvent as JSON. 204: taken (now or before), or of no interest here. 400: no event of ours.
 * 403: told by a service other than its source, which nobody may do.
 */
export function eventsRoute(options: EventsRouteOptions): AuthenticatedRoute {
  return async (request, reply, context) => {
    const event = readEvent(request.body);
    if (event instanceof InvalidEventError) return reply.code(400).send({ error: event.message });
    if (!event) return reply.code(204).send();
    if (event.source !== context.caller)
      return reply.code(403).send({ error: 'not the source of this event' });
    await consume(event, options);
    return reply.code(204).send();
  };
}

async function consume(event: ShopEvent, options: EventsRouteOptions): Promise<void> {
  const { dataSource, consumer, handle } = options;
  const handler = handle[event.type] as
    ((transaction: Transaction, event: ShopEvent) => Promise<void>) | undefined;
  if (!handler) return;
  await inTransaction(dataSource, async (transaction) => {
    if (await consumeOnce(transaction, { consumer, eventId: event.id })) await handler(transaction, event);
  });
}

function readEvent(body: unknown): ShopEvent | InvalidEventError | undefined {
  try {
    return parseEvent(body);
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
}
