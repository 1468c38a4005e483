import type { ErrorCode } from './error-registry';

/**
 * A failure with a stable code. `message` is shown to the client: it contains the fix and never the
 * cause's internals, which belong in `cause` (logged only). `retryAfterSeconds` is for
 * upstream_unavailable, rate_limited and idempotency_in_progress.
 */
export class AppError extends Error {
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
