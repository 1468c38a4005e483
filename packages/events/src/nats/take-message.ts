import type { JsMsg } from '@nats-io/jetstream';
import { isUuid } from '@shop/kit/ids';
import { nearerPosition } from '@shop/kit/telemetry';
import { SubscriberUnavailable } from '../bus';
import type { ShopEvent } from '../contracts';
import { deliveries, pauseMs, type RelayParts } from '../outbox';
import type { EventVerifier } from './event-signature';
import { signatureHeader } from './nats-event-bus';
import type { MessageHandler } from './nats-listener';

/**
 * Redelivery delay of messages that could be neither consumed nor stored, because the database was
 * unavailable.
 */
const redeliverAfterMs = 2_000;

/**
 * Handles messages for `service`, the name of its inbox at the bus. A message is acknowledged when
 * its effect is committed, or when it is stored in the service's outbox, which then retries it.
 */
export function takeMessages(
  options: RelayParts & {
    service: string;
    verify: EventVerifier;
    /** Called when a rejected event was stored. */
    onParked: (pauseMs: number) => void;
  },
): MessageHandler {
  const { service, bus, policy, verify, dataSource, logger, onParked } = options;

  async function take(events: readonly ShopEvent[]): Promise<void> {
    const refused = await bus.deliver(events, service);
    for (const error of refused.values()) if (error instanceof SubscriberUnavailable) throw error;
    const parked = events.flatMap((event) => {
      const error = refused.get(event.id);
      return error ? [{ event, error: error.message }] : [];
    });
    if (parked.length === 0) return;
    const pause = pauseMs(policy, 1);
    await deliveries.park(dataSource, service, parked, pause);
    onParked(pause);
  }

  return async (messages: readonly JsMsg[]) => {
    const signed = messages.flatMap((message) => {
      const event = readSigned(message, verify);
      if (event) return [{ message, event }];
      logger.error('message dropped: no service has signed it', { subject: message.subject });
      message.term();
      return [];
    });
    if (signed.length === 0) return;
    try {
      await take(signed.map(({ event }) => event));
      for (const { message } of signed) message.ack();
    } catch (error) {
      logger.warn('events could not be consumed and are redelivered', { events: signed.length, error });
      for (const { message } of signed) message.nak(redeliverAfterMs);
    }
  };
}

/**
 * The event in a message if its source has signed it. Its data are not checked yet: a signed event
 * is never dropped.
 */
function readSigned({ data, headers }: JsMsg, verify: EventVerifier): ShopEvent | undefined {
  try {
    const event = JSON.parse(new TextDecoder().decode(data)) as Partial<ShopEvent> | null;
    if (typeof event?.source !== 'string' || !isUuid(event.id ?? '')) return undefined;
    const isSigned = verify(event.source, data, headers?.get(signatureHeader) ?? '');
    return isSigned ? atPublication(event as ShopEvent, headers?.get('traceparent')) : undefined;
  } catch {
    return undefined;
  }
}

/** The header is not signed, so it may only name another position in the trace of the event. */
function atPublication(event: ShopEvent, header: string | undefined): ShopEvent {
  const traceparent = nearerPosition(event.traceparent, header);
  return traceparent === undefined ? event : { ...event, traceparent };
}
