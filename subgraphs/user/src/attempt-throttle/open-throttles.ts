import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { createCircuit } from '@shop/kit/resilience';
import { connectSharedStore } from '@shop/kit/shared-store';
import type { UserSettings } from '../config';
import { type AttemptStore, CountingAttemptStore } from './attempt-store';
import { AttemptThrottle } from './attempt-throttle';
import { type FailureCounters, FailureLimit, memoryCounters, redisCounters } from './failure-limit';
import { FallbackAttemptStore } from './fallback-attempt-store';

const throttled = counter({
  name: 'shop_login_throttled_total',
  help: 'Rejected logins, by whose earlier failures are the reason, and rejected registrations.',
  labels: { scope: ['account', 'address', 'registration'] },
});

/** Logins and registrations have separate counts. */
export interface Throttles {
  logins: AttemptThrottle;
  registrations: AttemptThrottle;
  close(): void;
}

/** Failures without a delay. */
export interface FreeFailures {
  account: number;
  address: number;
}

/** Does not wait for the shared store, which may be unavailable. */
export function openThrottles(
  settings: Pick<UserSettings, 'REDIS_URL' | 'LOGIN_FAILURES_PER_ADDRESS' | 'REGISTRATIONS_PER_ADDRESS'>,
  logger: Logger,
): Throttles {
  const shared = settings.REDIS_URL ? connect(settings.REDIS_URL, logger) : undefined;
  const store = (action: string, address: number) => storeOf(shared, action, { account: 10, address });
  return {
    logins: new AttemptThrottle(store('login', settings.LOGIN_FAILURES_PER_ADDRESS), {
      onRejected: (scope) => throttled.inc({ scope }),
    }),
    registrations: new AttemptThrottle(store('register', settings.REGISTRATIONS_PER_ADDRESS), {
      countsSuccess: true,
      onRejected: () => throttled.inc({ scope: 'registration' }),
    }),
    close: () => shared?.client.destroy(),
  };
}

function storeOf(
  shared: ReturnType<typeof connect> | undefined,
  action: string,
  free: FreeFailures,
): AttemptStore {
  if (!shared) return memoryStore(free);
  // Stricter, because each process counts alone what all processes should count together.
  const half = (failures: number) => Math.max(1, Math.floor(failures / 2));
  const local = memoryStore({ account: half(free.account), address: half(free.address) });
  return new FallbackAttemptStore(redisStore(shared.client, action, free), local, shared.circuit);
}

/** Counts in the memory of this process. */
export function memoryStore(free: FreeFailures): CountingAttemptStore {
  return countingStore(free, () => memoryCounters());
}

/** Counts in Redis or Valkey, for all processes, by the clock of the server. */
export function redisStore(client: object, action: string, free: FreeFailures): CountingAttemptStore {
  return countingStore(free, (kind) => redisCounters(client, `${action}-${kind}`));
}

function countingStore(free: FreeFailures, countersOf: (kind: string) => FailureCounters) {
  return new CountingAttemptStore(
    new FailureLimit(countersOf('account'), free.account),
    new FailureLimit(countersOf('address'), free.address),
  );
}

function connect(url: string, logger: Logger) {
  // Debug: the circuit logs the outage.
  const client = connectSharedStore(url, (error) => logger.debug('attempt store: no connection', { error }));
  return { client, circuit: createCircuit({ target: 'attempt-store', logger }) };
}
