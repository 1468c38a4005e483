import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tries until `attempt` does not throw, and answers what it answered. For what becomes true a
 * little later; an assertion inside it says what was still missing when the time is up.
 *
 * @throws the last attempt's error after `timeoutMs` (default 15 s)
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
