import { AppError } from '../errors';
import { currentRequestContext } from '../request-context';

/**
 * Remaining time of the caller in milliseconds. A duration, because of clock skew between machines.
 */
export const requestTimeoutHeader = 'x-request-timeout-ms';

// Reserved for the transfer of the response, which must reach the caller before its deadline.
const longestReserveMs = 100;

/**
 * The deadline that a caller sets, as `RequestContext.deadlineMs`; undefined if the header is
 * missing or invalid. Only for authenticated services, because a deadline can cause a rejection.
 */
export function deadlineOfHeader(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,6}$/.test(value)) return undefined;
  const timeoutMs = Number(value);
  return performance.now() + timeoutMs - Math.min(longestReserveMs, timeoutMs / 10);
}

/**
 * Milliseconds until the deadline of the request; Infinity without a deadline, 0 if it has passed.
 */
export function timeLeftMs(): number {
  const deadlineMs = currentRequestContext()?.deadlineMs;
  return deadlineMs === undefined ? Infinity : Math.max(0, deadlineMs - performance.now());
}

/**
 * Call it before a request's first effect: a request past its deadline is not started. Work that
 * has started continues.
 *
 * @throws AppError upstream_unavailable
 */
export function assertDeadlineNotExceeded(): void {
  if (timeLeftMs() > 0) return;
  throw new AppError(
    'upstream_unavailable',
    'The deadline passed before the request started, so it had no effect: repeat it.',
    {
      retryAfterSeconds: 1,
    },
  );
}

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
