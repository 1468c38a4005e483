import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until `condition` answers something other than undefined or false.
 *
 * @throws whatever `onTimeout` makes, once `timeoutMs` have passed
 */
export async function pollUntil<Answer>(
  condition: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  options: { timeoutMs: number; intervalMs?: number; onTimeout: () => Error },
): Promise<Answer> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= deadline) throw options.onTimeout();
    await pause(options.intervalMs ?? 20);
  }
}
