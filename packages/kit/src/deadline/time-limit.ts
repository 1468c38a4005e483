/**
 * Runs `work` with a signal that is aborted after `limitMs` milliseconds, or with `earlier`. Nothing of it is left when the work has ended;
 * `AbortSignal.timeout` and `AbortSignal.any` would keep each request, and all that it holds, in memory until the time is over.
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

/** What `answer` brings within `limitMs` milliseconds, else `late()` is thrown. Nothing is cancelled: it may still take effect. */
export async function rejectAfter<T>(limitMs: number, answer: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([answer, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
