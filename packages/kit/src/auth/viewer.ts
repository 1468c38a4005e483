import { AppError } from '../errors';

export type Role = 'CUSTOMER' | 'ADMIN';

/** Who asks, as far as the access token proves it. */
export type Viewer = AnonymousViewer | AuthenticatedViewer;

export interface AnonymousViewer {
  kind: 'anonymous';
  /** Why: it makes the difference between "sign in" and "refresh your session". */
  reason: 'no_token' | 'expired_token' | 'invalid_token' | 'ended_session';
}

export interface AuthenticatedViewer {
  kind: 'user';
  userId: string;
  role: Role;
  /** The refresh-token family that this access token came from. */
  sessionId: string;
  tokenId: string;
}

export function anonymous(reason: AnonymousViewer['reason']): AnonymousViewer {
  return { kind: 'anonymous', reason };
}

const remedies: Record<AnonymousViewer['reason'], string> = {
  no_token: 'Sign in: send "Authorization: Bearer <access token>".',
  expired_token: 'The access token has expired: refresh the session.',
  invalid_token: 'The access token is not valid: sign in again.',
  ended_session: 'The session of this access token was ended: sign in again.',
};

/** @throws AppError unauthenticated */
export function requireUser(viewer: Viewer): AuthenticatedViewer {
  if (viewer.kind === 'anonymous') throw new AppError('unauthenticated', remedies[viewer.reason]);
  return viewer;
}

/** @throws AppError unauthenticated or forbidden */
export function requireAdmin(viewer: Viewer): AuthenticatedViewer {
  const user = requireUser(viewer);
  if (user.role !== 'ADMIN') throw new AppError('forbidden', 'This needs the role ADMIN.');
  return user;
}

export function isAdmin(viewer: Viewer): boolean {
  return viewer.kind === 'user' && viewer.role === 'ADMIN';
}

/** Owner or ADMIN. Ask in every reference resolver: what is not yours does not exist. */
export function canSee(viewer: Viewer, ownerId: string): boolean {
  return viewer.kind === 'user' && (viewer.role === 'ADMIN' || viewer.userId === ownerId);
}
