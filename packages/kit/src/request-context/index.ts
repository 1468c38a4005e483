import { AsyncLocalStorage } from 'node:async_hooks';

/** Context of one incoming request or job, available through AsyncLocalStorage. */
export interface RequestContext {
  /**
   * Assigned by the first process that receives the request; 1 to 128 characters of [A-Za-z0-9._-].
   */
  requestId: string;
  /**
   * Deadline of the caller in `performance.now()` time, which does not change when the clock is
   * set. Undefined if no caller waits, as for a job.
   */
  deadlineMs?: number;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runWithRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/**
 * Makes `context` current for the rest of the asynchronous call; for hooks that cannot use a
 * callback.
 */
export function enterRequestContext(context: RequestContext): void {
  storage.enterWith(context);
}

export function currentRequestContext(): RequestContext | undefined {
  return storage.getStore();
}

const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** Other values from clients are replaced, because a request ID is used in logs and headers. */
export function isAcceptableRequestId(value: unknown): value is string {
  return typeof value === 'string' && acceptable.test(value);
}
