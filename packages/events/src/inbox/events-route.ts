import { isConnectionLost } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import type { AuthenticatedRoute } from '@shop/kit/service';
import { SubscriberUnavailable } from '../bus';
import { InvalidEventError, parseEvents, UnknownEventTypeError } from '../contracts';
import { consumeEvents, type Inbox } from './consume-events';

const retryAfterSeconds = 1;

/**
 * POST /events: one CloudEvent as JSON, or an array of them. 204: consumed (now or before), or
 * ignored explicitly. 200: some events of an array were rejected: `{ refused: [{ id, error,
 * isUnavailable }] }`; the others are consumed.
 * `isUnavailable`: the event was not processed, because the database is overloaded. 400: a single
 * event is invalid. 403: sent by a service other than its source. 422: its type has no handler in
 * this version, so the sender retries. 500: the handler failed. 503 with Retry-After: the database
 * is unavailable or overloaded.
 */
export function eventsRoute(inbox: Inbox & { logger: Logger }): AuthenticatedRoute {
  return async (request, reply, context) => {
    const values: readonly unknown[] = Array.isArray(request.body) ? request.body : [request.body];
    const { events, refused } = parseEvents(values);
    if (events.some(({ source }) => source !== context.caller))
      return reply.code(403).send({ error: `${context.caller} is not the source of the event` });
    try {
      for (const [id, error] of await consumeEvents(events, inbox)) refused.set(id, error);
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      return unavailable();
    }
    const [first] = refused.values();
    if (!first) return reply.code(204).send();
    if (!Array.isArray(request.body)) return refuse(first);
    const rejected = [...refused].map(([id, error]) => ({
      ...{ id, error: reasonOf(id, error) },
      isUnavailable: error instanceof SubscriberUnavailable,
    }));
    return reply.code(200).send({ refused: rejected });

    function unavailable() {
      const error = 'the database is unavailable or overloaded';
      return reply.code(503).header('retry-after', retryAfterSeconds).send({ error });
    }

    function refuse(error: Error) {
      if (error instanceof SubscriberUnavailable) return unavailable();
      if (error instanceof InvalidEventError) return reply.code(400).send({ error: error.message });
      if (error instanceof UnknownEventTypeError) return reply.code(422).send({ error: error.message });
      throw error;
    }
  };

  /**
   * The reason for the sender to store; the details of a failed handler are only in this service's
   * log.
   */
  function reasonOf(eventId: string, error: Error): string {
    if (error instanceof InvalidEventError || error instanceof UnknownEventTypeError) return error.message;
    if (error instanceof SubscriberUnavailable) return 'the database is overloaded';
    inbox.logger.error('event handler failed', { eventId, error });
    return 'The handler failed.';
  }
}
