import type { GraphQLFormattedError } from 'graphql';
import type { ServiceResponse } from '../resilience';

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

/** @throws PeerError for a response without data */
export function readResponse<Data>(
  peer: string,
  { status, text, earlierMayHaveArrived }: Pick<ServiceResponse, 'status' | 'text' | 'earlierMayHaveArrived'>,
): Data {
  let response: { data?: Data | null; errors?: GraphQLFormattedError[] };
  try {
    response = JSON.parse(text) as typeof response;
  } catch (cause) {
    throw new PeerError(peer, 'unknown', `HTTP ${status} without JSON`, { cause });
  }
  const [error] = response.errors ?? [];
  if (error) {
    const code = error.extensions?.['code'];
    const isFailure = status >= 500 || code === 'INTERNAL_SERVER_ERROR' || code === 'UPSTREAM_UNAVAILABLE';
    // A rejection does not prove that an earlier try had no effect.
    const outcome = isFailure || earlierMayHaveArrived ? 'unknown' : 'refused';
    // The code, not the message, because the error is logged and the message may quote the request.
    const graphqlCode = typeof code === 'string' ? code : undefined;
    throw new PeerError(
      peer,
      outcome,
      `${outcome}, ${graphqlCode ?? 'without a code'}`,
      graphqlCode ? { graphqlCode } : {},
    );
  }
  if (!response.data) throw new PeerError(peer, 'unknown', `HTTP ${status} without data`);
  return response.data;
}
