import { createClient } from '@redis/client';
import type { Logger } from '@shop/kit/logger';
import { createCircuit } from '@shop/kit/resilience';
import { type AttemptStore, CountingAttemptStore } from './attempt-store';
import { AttemptThrottle } from './attempt-throttle';
import { FailureLimit, memoryCounters, redisCounters } from './failure-limit';
import { FallbackAttemptStore } from './fallback-attempt-store';

const target = 'attempt-store';
const reconnectAfterMs = 500;

export interface ThrottleSettings {
  /** Without it, this process counts alone. */
  redisUrl: string | undefined;
  /** Failed logins from one address without a delay. */
  failuresPerAddress: number;
  /** Registrations from one address without a delay. */
  registrationsPerAddress: number;
}

/** Logins and registrations have separate counts. */
export interface Throttles {
  logins: AttemptThrottle;
  registrations: AttemptThrottle;
}

export interface OpenThrottles extends Throttles {
  close(): void;
}

/** Failures without a delay. */
export interface FreeFailures {
  account: number;
  address: number;
}

/** Does not wait for the shared store, which may be unavailable. */
export function openThrottles(settings: ThrottleSettings, logger: Logger): OpenThrottles {
  const { redisUrl, failuresPerAddress, registrationsPerAddress } = settings;
  const { storeOf, close } = redisUrl ? sharedStores(redisUrl, logger) : localStores();
  return {
    logins: new AttemptThrottle(storeOf('login', { account: 10, address: failuresPerAddress })),
    registrations: new AttemptThrottle(
      storeOf('register', { account: 10, address: registrationsPerAddress }),
    ),
    close,
  };
}

/** Counts in the memory of this process. */
export function memoryStore({ account, address }: FreeFailures): CountingAttemptStore {
  return new CountingAttemptStore(
    new FailureLimit(memoryCounters(), account),
    new FailureLimit(memoryCounters(), address),
  );
}

/** Counts in Redis or Valkey, for all processes, by the clock of the server. */
export function redisStore(client: object, action: string, free: FreeFailures): CountingAttemptStore {
  return new CountingAttemptStore(
    new FailureLimit(redisCounters(client, `${action}-account`), free.account),
    new FailureLimit(redisCounters(client, `${action}-address`), free.address),
  );
}

interface Stores {
  storeOf(action: string, free: FreeFailures): AttemptStore;
  close(): void;
}

function localStores(): Stores {
  return { storeOf: (_action, free) => memoryStore(free), close: () => undefined };
}

function sharedStores(url: string, logger: Logger): Stores {
  const client = createClient({
    url,
    // Without a connection a command fails immediately instead of waiting in a queue.
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: () => reconnectAfterMs },
  });
  // Emitted for each failed connect; the circuit logs the outage.
  client.on('error', (error: Error) => logger.debug('attempt store: no connection', { error }));
  // Retries until it is closed, which is its only error.
  client.connect().catch(() => undefined);
  const circuit = createCircuit({ target, logger });
  return {
    storeOf: (action, free) =>
      new FallbackAttemptStore(redisStore(client, action, free), memoryStore(halved(free)), circuit),
    close: () => client.destroy(),
  };
}

/** For a process that counts alone what all processes should count together. */
function halved({ account, address }: FreeFailures): FreeFailures {
  const half = (failures: number) => Math.max(1, Math.floor(failures / 2));
  return { account: half(account), address: half(address) };
}
