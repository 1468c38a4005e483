import { AppError } from '../errors';

/** The service that issues access tokens and ends sessions. */
export interface IdentityService {
  /** Also the audience of the service credentials that it accepts. */
  name: string;
  /** The roles that an access token can have. */
  roles: readonly string[];
}

/** The caller, according to the access token. */
export type Viewer = AnonymousViewer | AuthenticatedViewer;

export interface AnonymousViewer {
  kind: 'anonymous';
  /** Decides whether the client must log in or refresh the session. */
  reason: 'no_token' | 'expired_token' | 'invalid_token' | 'ended_session';
}

export interface AuthenticatedViewer {
  kind: 'user';
  userId: string;
  role: string;
  /** The refresh-token family that this access token came from. */
  sessionId: string;
  tokenId: string;
}

export function anonymous(reason: AnonymousViewer['reason']): AnonymousViewer {
  return { kind: 'anonymous', reason };
}

const remedies: Record<AnonymousViewer['reason'], string> = {
  no_token: 'Log in, and send "Authorization: Bearer <access token>".',
  expired_token: 'The access token has expired: refresh the session.',
  invalid_token: 'The access token is invalid: log in again.',
  ended_session: 'The session of this access token has ended: log in again.',
};

/** @throws AppError unauthenticated */
export function requireUser(viewer: Viewer): AuthenticatedViewer {
  if (viewer.kind === 'anonymous') throw new AppError('unauthenticated', remedies[viewer.reason]);
  return viewer;
}

/** The token of an `Authorization: Bearer …` header (RFC 6750), or undefined if there is none. */
export function bearerToken(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  return /^Bearer +([^\s]+)$/i.exec(header)?.[1];
}

/**
 * When the gateway received the client's request, in milliseconds since the epoch. Without it, a
 * token that expires during a request would be accepted by the first service and rejected by the
 * next.
 */
export const requestBeganHeader = 'x-request-began-at';

/** Longer than the longest request: five sequential mutations and their reads. */
const longestRequestMs = 30_000;

/**
 * The time at which the expiry of a request's token is checked: when the request started, but not
 * longer ago than a request can take, and never in the future. Only for authenticated services.
 */
export function tokenEvaluatedAtMs(value: string | string[] | undefined, nowMs = Date.now()): number {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return nowMs;
  return Math.min(nowMs, Math.max(nowMs - longestRequestMs, Number(value)));
}
