import { setTimeout as pause } from 'node:timers/promises';

/**
 * Retries `attempt` until it does not throw, and returns its result.
 *
 * @throws the error of the last attempt after `timeoutMs` (default 15 s)
 */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Result> {
  const { timeoutMs = 15_000, intervalMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await pause(intervalMs);
  }
}
