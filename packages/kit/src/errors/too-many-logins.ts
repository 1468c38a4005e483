import { AppError } from './app-error';

/** Those who are told to come again at one moment come at different ones: a crowd that comes back together is the same crowd. */
const retryWithinSeconds = { from: 2, to: 8 };

/** Passwords are hashed a few at a time; for whoever would wait too long for it. */
export function tooManyLogins(): AppError {
  const { from, to } = retryWithinSeconds;
  const retryAfterSeconds = from + Math.floor(Math.random() * (to - from + 1));
  return new AppError('upstream_unavailable', 'Too many sign-ins at once: try again in a moment.', {
    retryAfterSeconds,
  });
}
