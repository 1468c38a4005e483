import { setTimeout as pause } from 'node:timers/promises';

/**
 * Retries `attempt` until it does not throw, and returns its result.
 *
 * @throws the error of the last attempt after `timeoutMs` (default 15 s)
 */
export async function eventually<Answer>(
  attempt: () => Promise<Answer> | Answer,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Answer> {
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
