import { createClient } from '@redis/client';
import type { Logger } from '@shop/kit/logger';
import { createCircuit } from '@shop/kit/resilience';
import type { AttemptStore } from './attempt-store';
import type { AttemptThrottle } from './attempt-throttle';
import { CountingThrottle } from './counting-throttle';
import { FallbackAttemptStore } from './fallback-attempt-store';
import { MemoryAttemptStore } from './memory-attempt-store';
import { RedisAttemptStore } from './redis-attempt-store';
import { stricter, throttlePolicy, type ThrottlePolicy } from './throttle-policy';

const target = 'attempt-store';
const reconnectAfterMs = 500;

export interface ThrottleSettings {
  /** Left out, this process counts alone. */
  redisUrl: string | undefined;
  /** Failed log-ins from one address that are free. */
  failuresPerAddress: number;
  /** Registrations from one address that are free. */
  registrationsPerAddress: number;
}

/** Each counts apart from the other. */
export interface Throttles {
  logins: AttemptThrottle;
  registrations: AttemptThrottle;
}

export interface OpenThrottles extends Throttles {
  close(): void;
}

/** A store that is away holds nobody up, not even the start. */
export function openThrottles(settings: ThrottleSettings, logger: Logger): OpenThrottles {
  const { redisUrl, failuresPerAddress, registrationsPerAddress } = settings;
  const { storeOf, close } = redisUrl ? sharedStores(redisUrl, logger) : ownStores();
  return {
    logins: new CountingThrottle(storeOf('login', throttlePolicy(failuresPerAddress))),
    registrations: new CountingThrottle(storeOf('register', throttlePolicy(registrationsPerAddress))),
    close,
  };
}

interface Stores {
  storeOf(what: string, policy: ThrottlePolicy): AttemptStore;
  close(): void;
}

function ownStores(): Stores {
  return { storeOf: (_what, policy) => new MemoryAttemptStore(policy), close: () => undefined };
}

function sharedStores(url: string, logger: Logger): Stores {
  const client = createClient({
    url,
    // Without a connection a command fails at once; it is not kept for later.
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: () => reconnectAfterMs },
  });
  // Each failed try to connect is one: the circuit tells what comes of them.
  client.on('error', (error: Error) => logger.debug('attempt store: no connection', { error }));
  // It tries until it is closed, which is its only error.
  client.connect().catch(() => undefined);
  const circuit = createCircuit({ target, logger });
  return {
    storeOf: (what, policy) =>
      new FallbackAttemptStore(
        new RedisAttemptStore(client, what, policy),
        new MemoryAttemptStore(stricter(policy)),
        circuit,
      ),
    close: () => client.destroy(),
  };
}
