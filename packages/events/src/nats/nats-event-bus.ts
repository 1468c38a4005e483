import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type EventBus, SubscriberAway } from '../bus';
import type { ShopEvent } from '../contracts';
import type { Broker } from './broker';
import { ensureStream, subjectOf } from './event-stream';
import type { EventSigner } from './event-signature';

/** The broker, among the subscribers of an outbox. */
export const brokerName = 'nats';

export const signatureHeader = 'Shop-Signature';

const acknowledgementTimeoutMs = 2_000;

/** Puts every event into the stream, signed; resolves when the broker has stored it. It never judges one. */
export function createNatsEventBus(options: { broker: Broker; sign: EventSigner }): EventBus {
  const { broker, sign } = options;
  /** The connection on which the stream was seen last. */
  let ready: NatsConnection | undefined;

  async function publish(connection: NatsConnection, event: ShopEvent): Promise<void> {
    if (ready !== connection) await ensureStream(await jetstreamManager(connection));
    ready = connection;
    const body = new TextEncoder().encode(JSON.stringify(event));
    const header = headers();
    header.set(signatureHeader, sign(body));
    if (event.traceparent) header.set('traceparent', event.traceparent);
    await jetstream(connection).publish(subjectOf(event.type), body, {
      msgID: event.id,
      headers: header,
      timeout: acknowledgementTimeoutMs,
    });
  }

  return {
    subscribersOf: () => [brokerName],
    async deliver(event) {
      const { connection } = broker;
      if (!connection) throw new SubscriberAway(brokerName, { cause: 'not connected' });
      try {
        await publish(connection, event);
      } catch (cause) {
        ready = undefined;
        throw new SubscriberAway(brokerName, { cause });
      }
    },
  };
}
