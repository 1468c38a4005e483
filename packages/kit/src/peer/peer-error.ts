/**
 * A failed call to another service. `outcome` says whether it took effect:
 * `not_sent`: the request did not reach the service, so a retry is safe;
 * `unknown`: it may have taken effect, so only an idempotent call may be repeated;
 * `refused`: the service rejected it.
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

  /** `extensions.code` of the first error, if `refused`. */
  readonly graphqlCode: string | undefined;
  /** HTTP status of a refused `post`. */
  readonly httpStatus: number | undefined;
}
