import { setTimeout as pause } from 'node:timers/promises';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@shop/kit/logger';
import type { StreamLimits } from './event-stream';

/** The connection to NATS, which is opened again whenever it is lost. */
export interface Broker {
  /** Used if this process creates the stream. */
  readonly streamLimits: StreamLimits;
  /** Undefined while the broker is unavailable. */
  readonly connection: NatsConnection | undefined;
  /** Resolves once connected; undefined if `stop` was called before that. */
  connected(): Promise<NatsConnection | undefined>;
  /** Sends what is in progress, then closes. */
  stop(): Promise<void>;
}

const retryMs = 1_000;
const jitterMs = 500;
const pollMs = 100;

const connectOptions = {
  timeout: 2_000,
  // By default the client stops after ten.
  maxReconnectAttempts: -1,
  reconnectTimeWait: retryMs,
  reconnectJitter: jitterMs,
  pingInterval: 10_000,
  maxPingOut: 2,
};

/** The client does not accept a user and a password in a URL. */
function serverOf(url: string): ConnectionOptions {
  const { protocol, host, username, password } = new URL(url);
  const servers = `${protocol}//${host}`;
  return username === ''
    ? { servers }
    : { servers, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

/** @param url for example nats://user:password@host:4222 */
export function connectToBroker(options: {
  url: string;
  service: string;
  stream?: Partial<StreamLimits>;
  logger: Logger;
}): Broker {
  const { url, service, stream, logger } = options;
  const stopping = new AbortController();
  let made: NatsConnection | undefined;
  let isUp = false;
  const wait = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function open(): Promise<void> {
    for (let isFirst = true; !stopping.signal.aborted; isFirst = false) {
      try {
        made = await connect({ ...connectOptions, ...serverOf(url), name: service });
        isUp = true;
        return void follow(made);
      } catch (error) {
        if (isFirst) logger.warn('broker is unavailable', { error });
        await wait(retryMs + Math.random() * jitterMs);
      }
    }
  }

  async function follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') logger.warn('broker is unavailable');
      if (type === 'reconnect') logger.info('broker is available again');
      if (type === 'disconnect' || type === 'reconnect' || type === 'close') isUp = type === 'reconnect';
    }
    // The client stopped reconnecting, for example after its password was rejected twice.
    isUp = false;
    if (!stopping.signal.aborted) opening = open();
  }

  let opening = open();
  return {
    streamLimits: { replicas: 1, maxBytes: 1024 ** 3, ...stream },
    get connection() {
      return isUp ? made : undefined;
    },
    async connected() {
      while (!isUp && !stopping.signal.aborted) await wait(pollMs);
      return stopping.signal.aborted ? undefined : made;
    },
    async stop() {
      stopping.abort();
      await opening;
      // Draining waits for the server, which may be unavailable.
      await (isUp ? made?.drain() : made?.close());
    },
  };
}
