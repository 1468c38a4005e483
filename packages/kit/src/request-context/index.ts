import { AsyncLocalStorage } from 'node:async_hooks';

/** What one incoming request (or job) carries along, readable anywhere below it. */
export interface RequestContext {
  /** Given by the first process that saw the request; 1 to 128 characters of [A-Za-z0-9._-]. */
  requestId: string;
  /**
   * When whoever asked stops waiting: a time of `performance.now()`, because a clock that is set would move it. Left out when
   * nobody waits, as for a job.
   */
  deadlineMs?: number;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runWithRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** Makes `context` current for the rest of the running asynchronous call; for hooks that cannot wrap. */
export function enterRequestContext(context: RequestContext): void {
  storage.enterWith(context);
}

export function currentRequestContext(): RequestContext | undefined {
  return storage.getStore();
}

const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** Anything else from outside is replaced: a request id goes into logs and headers. */
export function isAcceptableRequestId(value: unknown): value is string {
  return typeof value === 'string' && acceptable.test(value);
}
