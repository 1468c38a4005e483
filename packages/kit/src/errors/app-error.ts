import { type GenericCode, genericErrors } from './codes';

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

/** Maximum fields or errors named in a response, so that a small request gets no large one. */
export const maximumNamedErrors = 20;

/**
 * Declares a domain's own error codes with their default messages, in addition to the generic ones.
 *
 * @example export const { ownCodes, problem } = defineErrors({ email_taken: 'The email is taken.' });
 */
export function defineErrors<const Own extends Readonly<Record<string, string>>>(ownMessages: Own) {
  type Code = GenericCode | (keyof Own & string);
  const messages: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(genericErrors).map(([code, { message }]) => [code, message])),
    ...ownMessages,
  };
  return {
    ownCodes: Object.keys(ownMessages),
    /** The fields of the graph's `Problem` interface. */
    problem: <Given extends Code>(code: Given, message = messages[code]!) => ({ code, message }),
    /** A failure that is not a member of a result union. */
    appError: (code: Code, message = messages[code]!, options?: AppErrorOptions) =>
      new AppError(code as GenericCode, message, options),
  };
}
