import type { GenericCode } from './codes';

export interface AppErrorOptions {
  /** Logged only. */
  cause?: unknown;
  /** For upstream_unavailable, rate_limited and idempotency_in_progress. */
  retryAfterSeconds?: number;
}

/**
 * A failure with a stable code. `message` is shown to the client: it contains the fix and never the
 * cause's internals, which belong in `cause`. A domain's own codes: `appError` of `defineErrors`.
 */
export class AppError extends Error {
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: GenericCode, message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
