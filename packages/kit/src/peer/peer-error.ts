/**
 * A call to another service failed as a whole. What the caller may conclude is in `outcome`:
 * `not_sent`: nothing reached the other side, it can be tried again or given up without loss;
 * `unknown`: the other side may have done it; only an idempotent call may be repeated;
 * `refused`: the other side answered that it will not or cannot do it.
 */
export class PeerError extends Error {
  constructor(
    readonly peer: string,
    readonly outcome: 'not_sent' | 'unknown' | 'refused',
    message: string,
    options: { cause?: unknown; graphqlCode?: string; httpStatus?: number } = {},
  ) {
    super(`${peer}: ${message}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'PeerError';
    this.graphqlCode = options.graphqlCode;
    this.httpStatus = options.httpStatus;
  }

  /** `extensions.code` of the first error of a refusal. */
  readonly graphqlCode: string | undefined;
  /** Of a refused `post`. */
  readonly httpStatus: number | undefined;
}
