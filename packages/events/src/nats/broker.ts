import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@shop/kit/logger';

/** The connection to NATS, made and kept for as long as the process lives, whenever the broker is there. */
export interface Broker {
  /** Undefined while the broker is away. */
  readonly connection: NatsConnection | undefined;
  /** Resolves when the broker is there; undefined when the connection was stopped before that. */
  connected(): Promise<NatsConnection | undefined>;
  /** Sends what is under way, then closes. */
  stop(): Promise<void>;
}

const retryMs = 1_000;
const jitterMs = 500;
const pollMs = 100;

/** @param url for example nats://user:password@host:4222 */
export function connectToBroker(options: { url: string; service: string; logger: Logger }): Broker {
  const { url, service, logger } = options;
  const stopping = new AbortController();
  let made: NatsConnection | undefined;
  let isUp = false;

  async function make(): Promise<void> {
    for (let isFirst = true; !stopping.signal.aborted; isFirst = false) {
      try {
        made = await connect(connectOptions(url, service));
        isUp = true;
        return void follow(made);
      } catch (error) {
        if (isFirst) logger.warn('broker is away', { error });
        await pause(retryMs + Math.random() * jitterMs, undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
      }
    }
  }

  async function follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') logger.warn('broker is away');
      if (type === 'reconnect') logger.info('broker is back');
      if (type === 'disconnect' || type === 'reconnect' || type === 'close') isUp = type === 'reconnect';
    }
    // The client has given up, as it does when its password is refused twice: the next one may find the broker mended.
    isUp = false;
    if (!stopping.signal.aborted) making = make();
  }

  let making = make();
  return {
    get connection() {
      return isUp ? made : undefined;
    },
    async connected() {
      while (!isUp && !stopping.signal.aborted) {
        await pause(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
      return stopping.signal.aborted ? undefined : made;
    },
    async stop() {
      stopping.abort();
      await making;
      // Draining waits for the server, which may be away.
      await (isUp ? made?.drain() : made?.close());
    },
  };
}

function connectOptions(url: string, service: string) {
  return {
    servers: url,
    name: service,
    timeout: 2_000,
    // For ever: without this the client gives up after ten.
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    reconnectJitter: jitterMs,
    pingInterval: 10_000,
    maxPingOut: 2,
  };
}
