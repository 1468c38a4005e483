import { setTimeout as pause } from 'node:timers/promises';
import { type ConsumerMessages, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@shop/kit/logger';
import type { Broker } from './broker';
import { ensureConsumer, ensureStream, streamName } from './event-stream';

/**
 * Takes a batch of messages; settles when each has been acknowledged or rejected. Rejects if the
 * connection was closed.
 */
export type MessageHandler = (messages: readonly JsMsg[]) => Promise<void>;

const retryMs = 1_000;
/** Maximum messages of a batch. A batch is what arrived while the previous one was handled. */
const batchSize = 100;

/**
 * Consumes the events of one source until it is stopped; subscribes again after any failure of the
 * broker, stream or consumer.
 *
 * @returns `stop` takes no new message and waits for those in progress
 */
export function listenToSource(options: {
  broker: Broker;
  service: string;
  source: string;
  take: MessageHandler;
  logger: Logger;
}): { stop(): Promise<void> } {
  const { broker, service, source, take, logger } = options;
  const stopping = new AbortController();
  const waiting: JsMsg[] = [];
  let taking: Promise<void> | undefined;
  let messages: ConsumerMessages | undefined;

  async function open(connection: NatsConnection): Promise<ConsumerMessages> {
    const manager = await jetstreamManager(connection);
    await ensureStream(manager, broker.streamLimits);
    const consumer = await ensureConsumer(manager, { service, source });
    const { consumers } = jetstream(connection);
    return (await consumers.get(streamName, consumer)).consume({
      max_messages: 2 * batchSize,
      // If the consumer is deleted, it is created again above.
      abort_on_missing_resource: true,
    });
  }

  async function takeAll(opened: ConsumerMessages): Promise<void> {
    for await (const message of opened) {
      waiting.push(message);
      taking ??= takeWaiting().finally(() => (taking = undefined));
      if (waiting.length >= batchSize) await taking;
    }
  }

  async function takeWaiting(): Promise<void> {
    try {
      while (waiting.length > 0) await take(waiting.splice(0, batchSize));
    } catch (error) {
      // The connection was closed: the broker redelivers what was not acknowledged.
      logger.warn('events could not be acknowledged', { source, error });
    }
  }

  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      const connection = await broker.connected();
      if (!connection || stopping.signal.aborted) return;
      try {
        messages = await open(connection);
        if (stopping.signal.aborted) await messages.close();
        await takeAll(messages);
      } catch (error) {
        logger.warn('event listener failed and subscribes again', { source, error });
      }
      await pause(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const listening = listen();
  return {
    async stop() {
      stopping.abort();
      await messages?.close();
      await listening;
      await taking;
    },
  };
}
