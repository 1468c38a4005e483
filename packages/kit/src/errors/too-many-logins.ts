import { AppError } from './app-error';

/** Randomized, so that rejected clients do not all retry at the same moment. */
const retryWithinSeconds = { from: 2, to: 8 };

/** The error of a login that would wait too long for a hashing slot. */
export function tooManyLogins(): AppError {
  const { from, to } = retryWithinSeconds;
  const retryAfterSeconds = from + Math.floor(Math.random() * (to - from + 1));
  return new AppError('upstream_unavailable', 'Too many concurrent logins: retry after the time given.', {
    retryAfterSeconds,
  });
}
