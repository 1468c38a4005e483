import type { JsMsg } from '@nats-io/jetstream';
import { inTransaction } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { ShopEvent } from '../contracts';
import { parkDelivery, type RelayParts, tryDelivery } from '../outbox';
import type { EventVerifier } from './event-signature';
import { signatureHeader } from './nats-event-bus';
import type { MessageHandler } from './nats-listener';
import { readSigned } from './read-signed';

/** When the broker is to bring what could neither be taken nor kept, because the database is away. */
const redeliverAfterMs = 2_000;

/**
 * Takes events for `service`, whose inbox the bus knows under that name. A message is answered when its effect is committed, or when
 * it lies in this service's own database to be tried again; from then on it is the outbox's, not the broker's.
 */
export function takeMessages(
  options: RelayParts & {
    service: string;
    verify: EventVerifier;
    dataSource: DataSource;
    logger: Logger;
  },
): MessageHandler {
  const { service, verify, dataSource, logger } = options;

  async function take(event: ShopEvent): Promise<void> {
    const delivery = { event, subscriber: service, tries: 0, failures: 0 };
    const result = await tryDelivery(delivery, options);
    if (result.kind === 'away') throw new Error(result.failed.error);
    if (result.kind === 'refused')
      await inTransaction(dataSource, (transaction) => parkDelivery(transaction, result.failed));
  }

  return async (message: JsMsg) => {
    const event = readSigned(message.data, message.headers?.get(signatureHeader) ?? '', verify);
    if (!event) {
      logger.error('a message that no service has signed is dropped', { subject: message.subject });
      return message.term();
    }
    try {
      await take(event);
      message.ack();
    } catch (error) {
      logger.warn('event could not be taken, and comes again', { eventId: event.id, error });
      message.nak(redeliverAfterMs);
    }
  };
}
