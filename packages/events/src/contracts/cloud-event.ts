import { randomUUID } from 'node:crypto';
import { currentTraceparent } from '@shop/kit/telemetry';

/**
 * CloudEvents 1.0, structured JSON mode (https://github.com/cloudevents/spec). Every delivery of an
 * event has the same `id`. `source` is the service that published it.
 */
export interface CloudEvent<Type extends string, Data> {
  specversion: '1.0';
  /** UUID. */
  id: string;
  /** Name of the service, for example `payment`. */
  source: string;
  /** Noun and past participle, for example `payment.succeeded`. */
  type: Type;
  /** ID of the entity that the event is about. */
  subject: string;
  /** RFC 3339 UTC time of the event. */
  time: string;
  datacontenttype: 'application/json';
  /** W3C Trace Context (the CloudEvents extension "distributed tracing"). */
  traceparent?: string;
  data: Data;
}

/** A new event with the current time and trace. */
export function createEvent<Type extends string, Data>(
  event: Pick<CloudEvent<Type, Data>, 'source' | 'type' | 'subject' | 'data'>,
): CloudEvent<Type, Data> {
  const { source, type, subject, data } = event;
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
