import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `condition` returns a value other than undefined or false.
 *
 * @throws the error of `onTimeout` after `timeoutMs`
 */
export async function pollUntil<Result>(
  condition: () => Promise<Result | undefined | false> | Result | undefined | false,
  options: { timeoutMs: number; intervalMs?: number; onTimeout: () => Error },
): Promise<Result> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() >= deadline) throw options.onTimeout();
    await pause(options.intervalMs ?? 20);
  }
}
