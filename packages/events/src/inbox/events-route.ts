import { isConnectionLost, isDatabaseBusy } from '@shop/kit/database';
import type { AuthenticatedRoute } from '@shop/kit/service';
import { InvalidEventError, parseEvent, type ShopEvent, UnknownEventTypeError } from '../contracts';
import { consumeEvent, type Inbox } from './consume-event';

const retryAfterSeconds = 1;

/**
 * POST /events: one CloudEvent as JSON. 204: consumed (now or before), or ignored explicitly.
 * 400: not a valid event. 403: sent by a service other than its source. 422: its type has no handler
 * in this version, so the sender retries. 500: the handler failed. 503 with Retry-After: the
 * database is unavailable or overloaded.
 */
export function eventsRoute(inbox: Inbox): AuthenticatedRoute {
  return async (request, reply, context) => {
    const event = readEvent(request.body);
    if (event instanceof InvalidEventError) return reply.code(400).send({ error: event.message });
    if (event instanceof UnknownEventTypeError) return reply.code(422).send({ error: event.message });
    if (event.source !== context.caller)
      return reply.code(403).send({ error: 'not the source of this event' });
    try {
      await consumeEvent(event, inbox);
    } catch (error) {
      if (error instanceof UnknownEventTypeError) return reply.code(422).send({ error: error.message });
      if (!isConnectionLost(error) && !isDatabaseBusy(error)) throw error;
      return reply
        .code(503)
        .header('retry-after', retryAfterSeconds)
        .send({ error: 'the database is away, or busy' });
    }
    return reply.code(204).send();
  };
}

function readEvent(body: unknown): ShopEvent | InvalidEventError | UnknownEventTypeError {
  try {
    return parseEvent(body);
  } catch (error) {
    if (error instanceof InvalidEventError || error instanceof UnknownEventTypeError) return error;
    throw error;
  }
}
