import { randomUUID } from 'node:crypto';
import { currentTraceparent } from '@shop/kit/telemetry';

/**
 * CloudEvents 1.0, structured JSON mode (https://github.com/cloudevents/spec). `id` is the event's for ever: a
 * repeat of the delivery carries the same one. `source` is the service whose database the fact is from.
 */
export interface CloudEvent<Type extends string = string, Data = unknown> {
  specversion: '1.0';
  /** UUID. */
  id: string;
  /** Name of the service, for example `payment`. */
  source: string;
  /** Noun and past participle, for example `payment.succeeded`. */
  type: Type;
  /** Id of what the event is about. */
  subject: string;
  /** RFC 3339 UTC instant at which it happened. */
  time: string;
  datacontenttype: 'application/json';
  /** W3C Trace Context (the CloudEvents extension "distributed tracing"). */
  traceparent?: string;
  data: Data;
}

/** A new event of now, in the running trace. */
export function createEvent<Type extends string, Data>(fact: {
  source: string;
  type: Type;
  subject: string;
  data: Data;
}): CloudEvent<Type, Data> {
  const { source, type, subject, data } = fact;
  const traceparent = currentTraceparent();
  return {
    specversion: '1.0',
    id: randomUUID(),
    source,
    type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    ...(traceparent ? { traceparent } : {}),
    data,
  };
}
