import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { currentTraceparent, nearerPosition } from '@shop/kit/telemetry';
import { type EventBus, SubscriberUnavailable } from '../bus';
import type { ShopEvent } from '../contracts';
import type { Broker } from './broker';
import { ensureStream, subjectOf } from './event-stream';
import type { EventSigner } from './event-signature';

/** Name of the broker as a subscriber of an outbox. */
export const brokerName = 'nats';

export const signatureHeader = 'Shop-Signature';

const acknowledgementTimeoutMs = 2_000;

/**
 * Publishes signed events to the stream; resolves when the broker has stored the whole batch. No
 * event is rejected. After a failure the whole batch is published again; the stream drops
 * duplicates within its duplicate window.
 */
export function createNatsEventBus(options: { broker: Broker; sign: EventSigner }): EventBus {
  const { broker, sign } = options;
  /** The connection on which the stream was last verified. */
  let ready: NatsConnection | undefined;

  async function publishAll(connection: NatsConnection, events: readonly ShopEvent[]): Promise<void> {
    if (ready !== connection) {
      await ensureStream(await jetstreamManager(connection), broker.streamLimits);
    }
    ready = connection;
    const client = jetstream(connection);
    const publish = (event: ShopEvent) => {
      const body = new TextEncoder().encode(JSON.stringify(event));
      const header = headers();
      header.set(signatureHeader, sign(body));
      const traceparent = nearerPosition(event.traceparent, currentTraceparent());
      if (traceparent) header.set('traceparent', traceparent);
      const message = { msgID: event.id, headers: header, timeout: acknowledgementTimeoutMs };
      return client.publish(subjectOf(event.type), body, message);
    };
    // Published in order without waiting; the acknowledgements are awaited together.
    await Promise.all(events.map(publish));
  }

  return {
    subscribersOf: () => [brokerName],
    async deliver(events) {
      const { connection } = broker;
      if (!connection) throw new SubscriberUnavailable(brokerName, { cause: 'not connected' });
      try {
        await publishAll(connection, events);
      } catch (cause) {
        ready = undefined;
        throw new SubscriberUnavailable(brokerName, { cause });
      }
      return new Map();
    },
  };
}
