import { z } from 'zod';
import { orderEventData } from './order-events';
import { paymentEventData } from './payment-events';
import { productEventData } from './product-events';
import type { ShopEvent, ShopEventType } from './shop-event';
import { userEventData } from './user-events';

/** Not an event of ours: delivering it again cannot help. */
export class InvalidEventError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidEventError';
  }
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

const dataOfType: Record<ShopEventType, z.ZodType> = {
  ...orderEventData,
  ...paymentEventData,
  ...productEventData,
  ...userEventData,
};

/** Whether this version has a contract of the type. */
export function isKnownEventType(type: string): type is ShopEventType {
  return Object.hasOwn(dataOfType, type);
}

/**
 * Checks an event that came from outside the process. Members that are not known are dropped.
 *
 * @throws InvalidEventError naming what is wrong
 * @throws UnknownEventTypeError for a well-formed event of a type that this version does not know
 */
export function parseEvent(value: unknown): ShopEvent {
  const event = check(envelope, value, 'event');
  const { type } = event;
  if (!isKnownEventType(type)) throw new UnknownEventTypeError(type);
  // Who may tell of payments is payment: a proof of being the source must be one of being that.
  if (!type.startsWith(`${event.source}.`))
    throw new InvalidEventError(`${event.source} is not the source of ${type}`);
  return { ...event, type, data: check(dataOfType[type], event.data, `data of ${type}`) } as ShopEvent;
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
