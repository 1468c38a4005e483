import { type AuthenticatedViewer, type IdentityService, requireUser, type Viewer } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';

const roles = ['CUSTOMER', 'ADMIN'] as const;

export type Role = (typeof roles)[number];

/** The subgraph that issues access tokens, with the roles in them. */
export const identityService: IdentityService = { name: 'user', roles };

/** @throws AppError unauthenticated or forbidden */
export function requireAdmin(viewer: Viewer): AuthenticatedViewer {
  const user = requireUser(viewer);
  if (!isAdmin(user)) throw new AppError('forbidden', 'The role ADMIN is required.');
  return user;
}

export function isAdmin(viewer: Viewer): boolean {
  return viewer.kind === 'user' && viewer.role === 'ADMIN';
}

/**
 * True for the owner and for ADMIN. Check it in every reference resolver: other callers get null.
 */
export function canSee(viewer: Viewer, ownerId: string): boolean {
  return viewer.kind === 'user' && (viewer.role === 'ADMIN' || viewer.userId === ownerId);
}

/** Randomized, so that rejected clients do not all retry at the same moment. */
const retryWithinSeconds = { from: 2, to: 8 };

/** The error of a login that would wait too long for a hashing slot, here or in the gateway. */
export function tooManyLogins(): AppError {
  const { from, to } = retryWithinSeconds;
  const retryAfterSeconds = from + Math.floor(Math.random() * (to - from + 1));
  return new AppError('upstream_unavailable', 'Too many concurrent logins: retry after the time given.', {
    retryAfterSeconds,
  });
}
