import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `condition` returns a value other than undefined or false.
 *
 * @throws the error of `onTimeout` after `timeoutMs`
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
