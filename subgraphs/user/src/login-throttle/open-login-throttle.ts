import { createClient } from '@redis/client';
import type { Logger } from '@shop/kit/logger';
import { createCircuit } from '@shop/kit/resilience';
import { CountingLoginThrottle } from './counting-login-throttle';
import { FallbackAttemptStore } from './fallback-attempt-store';
import type { LoginThrottle } from './login-throttle';
import { MemoryAttemptStore } from './memory-attempt-store';
import { RedisAttemptStore } from './redis-attempt-store';
import { stricter, throttlePolicy } from './throttle-policy';

const callee = 'login-store';
const reconnectAfterMs = 500;

export interface OpenLoginThrottle {
  throttle: LoginThrottle;
  close(): void;
}

/** @param settings.redisUrl left out, this process counts alone; a store that is away holds nobody up, not even the start */
export function openLoginThrottle(
  settings: { redisUrl: string | undefined; failuresPerAddress: number },
  logger: Logger,
): OpenLoginThrottle {
  const policy = throttlePolicy(settings.failuresPerAddress);
  if (!settings.redisUrl) {
    return {
      throttle: new CountingLoginThrottle(new MemoryAttemptStore(policy)),
      close: () => undefined,
    };
  }
  const client = createClient({
    url: settings.redisUrl,
    // Without a connection a command fails at once; it is not kept for later.
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: () => reconnectAfterMs },
  });
  // Each failed try to connect is one: the circuit tells what comes of them.
  client.on('error', (error: Error) => logger.debug('login store: no connection', { error }));
  // It tries until it is closed, which is its only error.
  client.connect().catch(() => undefined);
  const store = new FallbackAttemptStore(
    new RedisAttemptStore(client, policy),
    new MemoryAttemptStore(stricter(policy)),
    createCircuit({ callee, logger }),
  );
  return { throttle: new CountingLoginThrottle(store), close: () => client.destroy() };
}
