/**
 * Runs `work` with a signal that is aborted after `limitMs` milliseconds or with `earlier`. Timer
 * and listener are removed at the end; `AbortSignal.timeout` and `AbortSignal.any` would keep each
 * request in memory until the timeout.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  earlier: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, Math.ceil(limitMs)).unref();
  if (earlier?.aborted) abort();
  earlier?.addEventListener('abort', abort, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    earlier?.removeEventListener('abort', abort);
  }
}

/**
 * Resolves with `promise`, or rejects with `late()` after `limitMs` milliseconds. The operation is
 * not cancelled and may still take effect.
 */
export async function rejectAfter<T>(limitMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
