import { createClient } from '@redis/client';
import { rejectAfter } from '../deadline';
import { CallFailure, type Circuit } from '../resilience';

const reconnectAfterMs = 500;
/** Longer than a command takes. */
const timeoutMs = 100;

export type SharedStoreClient = ReturnType<typeof createClient>;

/**
 * Connects to Redis or Valkey in the background, and again after each loss until `destroy`.
 *
 * @param onConnectionError is called for each failed connect
 */
export function connectSharedStore(
  url: string,
  onConnectionError: (error: Error) => void,
): SharedStoreClient {
  const client: SharedStoreClient = createClient({
    url,
    // Without a connection a command fails immediately instead of waiting in a queue.
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: () => reconnectAfterMs },
  });
  client.on('error', onConnectionError);
  // Retries until it is closed, which is its only error.
  client.connect().catch(() => undefined);
  return client;
}

/**
 * Runs a call of a shared store within 100 ms, through its circuit breaker.
 *
 * @param target the name of the store in metrics and logs
 * @throws CallFailure if the store is unavailable, fails or is too slow
 */
export function callSharedStore<T>(circuit: Circuit, target: string, call: () => Promise<T>): Promise<T> {
  return circuit.run(async () => {
    try {
      return await rejectAfter(timeoutMs, call(), () => new CallFailure(target, 'timed_out'));
    } catch (cause) {
      if (cause instanceof CallFailure) throw cause;
      throw new CallFailure(target, 'connection_lost', { cause });
    }
  });
}
