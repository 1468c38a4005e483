import { z } from 'zod';
import type { CloudEvent } from './cloud-event';
import { type PaymentEventData, paymentEventData } from './payment-events';

export type PaymentSucceeded = CloudEvent<'payment.succeeded', PaymentEventData>;
export type PaymentFailed = CloudEvent<'payment.failed', PaymentEventData>;
export type PaymentEvent = PaymentSucceeded | PaymentFailed;

/** Every event of the platform. */
export type ShopEvent = PaymentEvent;
export type ShopEventType = ShopEvent['type'];

/** Not an event of ours: delivering it again cannot help. */
export class InvalidEventError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidEventError';
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
  'payment.succeeded': paymentEventData,
  'payment.failed': paymentEventData,
};

/**
 * Checks an event that came from outside the process. Members that are not known are dropped.
 *
 * @returns undefined for a well-formed event of a type that this version does not know
 * @throws InvalidEventError naming what is wrong
 */
export function parseEvent(value: unknown): ShopEvent | undefined {
  const event = check(envelope, value, 'event');
  if (!Object.hasOwn(dataOfType, event.type)) return undefined;
  const type = event.type as ShopEventType;
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
