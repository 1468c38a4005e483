import { z } from 'zod';
import { eventData, type ShopEvent, type ShopEventType } from './shop-events';

/** The value is not a valid event; redelivery cannot succeed. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/**
 * An event type that this version neither handles nor ignores explicitly, for example in an old
 * replica during a rolling update. Acknowledging the event would lose it.
 */
export class UnknownEventTypeError extends Error {
  constructor(readonly type: string) {
    super(
      `event type ${type.slice(0, 100)} has no handler in this version: update this service, then replay`,
    );
    this.name = 'UnknownEventTypeError';
  }
}

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().max(128).optional(),
  data: z.unknown(),
});

/** Whether this version has a contract for the type. */
export function isKnownEventType(type: string): type is ShopEventType {
  return Object.hasOwn(eventData, type);
}

/**
 * Validates an event from outside the process. Unknown members are dropped.
 *
 * @throws InvalidEventError with the problem
 * @throws UnknownEventTypeError for a well-formed event of a type that this version does not know
 */
export function parseEvent(value: unknown): ShopEvent {
  const event = check(envelope, value, 'event');
  const { type } = event;
  if (!isKnownEventType(type)) throw new UnknownEventTypeError(type);
  // Only payment may publish events of payments, so the verified source must match the type.
  if (!type.startsWith(`${event.source}.`))
    throw new InvalidEventError(`${event.source} is not the source of ${type}`);
  const data = check<unknown>(eventData[type], event.data, `data of ${type}`);
  return { ...event, type, data } as ShopEvent;
}

/**
 * Parses each value separately. A value that is invalid or of an unknown type is rejected under its
 * ID, '' if it has none.
 */
export function parseEvents(values: readonly unknown[]): {
  events: ShopEvent[];
  refused: Map<string, Error>;
} {
  const events: ShopEvent[] = [];
  const refused = new Map<string, Error>();
  for (const value of values) {
    try {
      events.push(parseEvent(value));
    } catch (error) {
      const { id } = (value ?? {}) as { id?: unknown };
      refused.set(typeof id === 'string' ? id : '', error as Error);
    }
  }
  return { events, refused };
}

function check<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value);
  if (!result.success) {
    throw new InvalidEventError(`${what} is not valid: ${z.prettifyError(result.error)}`, {
      cause: result.error,
    });
  }
  return result.data;
}
