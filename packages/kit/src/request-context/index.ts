import { AsyncLocalStorage } from 'node:async_hooks';

/** Position in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the span that calls and further spans are children of. */
  readonly spanId: string;
  /** Whether spans of this trace are recorded. */
  readonly sampled: boolean;
}

/** The request that is being served; shared by all contexts within it. */
export interface ServedRequest {
  /** Class or code of an unexpected error, also if the response has status 200. */
  errorType?: string;
}

/** Context of one incoming request or job, available through AsyncLocalStorage. */
export interface RequestContext {
  /**
   * Assigned by the first process that receives the request; 1 to 128 characters of [A-Za-z0-9._-].
   * Undefined for work without a request.
   */
  requestId?: string;
  /**
   * Deadline of the caller in `performance.now()` time, which does not change when the clock is
   * set. Undefined if no caller waits, as for a job.
   */
  deadlineMs?: number;
  trace?: TraceContext;
  served?: ServedRequest;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The trace and the served request of the current context stay, unless `context` has its own. */
export function runWithRequestContext<T>(context: RequestContext, work: () => T): T {
  const current = storage.getStore();
  if (current?.trace === undefined || context.trace !== undefined) return storage.run(context, work);
  const { trace, served } = current;
  return storage.run({ ...context, trace, ...(served ? { served } : {}) }, work);
}

/** Runs `work` in the current context with another position in a trace. */
export function runWithTrace<T>(trace: TraceContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), trace }, work);
}

export function currentRequestContext(): RequestContext | undefined {
  return storage.getStore();
}

const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** Other values from clients are replaced, because a request ID is used in logs and headers. */
export function isAcceptableRequestId(value: unknown): value is string {
  return typeof value === 'string' && acceptable.test(value);
}
