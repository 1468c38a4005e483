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
