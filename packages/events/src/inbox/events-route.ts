import { isConnectionLost, isDatabaseBusy } from '@shop/kit/database';
import type { AuthenticatedRoute } from '@shop/kit/service';
import { InvalidEventError, parseEvent, type ShopEvent } from '../contracts';
import { consumeEvent, type Inbox } from './consume-event';

const retryAfterSeconds = 1;

/**
 * POST /events: one CloudEvent as JSON. 204: taken (now or before), or of no interest here. 400: no event of ours.
 * 403: told by a service other than its source, which nobody may do. 500: the handler failed. 503 with Retry-After: the
 * database is away or has too much to do, which is not the event's fault.
 */
export function eventsRoute(inbox: Inbox): AuthenticatedRoute {
  return async (request, reply, context) => {
    const event = readEvent(request.body);
    if (event instanceof InvalidEventError) return reply.code(400).send({ error: event.message });
    if (!event) return reply.code(204).send();
    if (event.source !== context.caller)
      return reply.code(403).send({ error: 'not the source of this event' });
    try {
      await consumeEvent(event, inbox);
    } catch (error) {
      if (!isConnectionLost(error) && !isDatabaseBusy(error)) throw error;
      return reply
        .code(503)
        .header('retry-after', retryAfterSeconds)
        .send({ error: 'the database is away, or busy' });
    }
    return reply.code(204).send();
  };
}

function readEvent(body: unknown): ShopEvent | InvalidEventError | undefined {
  try {
    return parseEvent(body);
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
}
