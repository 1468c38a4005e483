import type { GraphQLFormattedError } from 'graphql';
import type { ServiceResponse } from '../resilience';
import { PeerError } from './peer-error';

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
