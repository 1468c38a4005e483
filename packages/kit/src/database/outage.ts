import { AppError } from '../errors';
import { isConnectionLost, isDatabaseBusy } from './sql-error';

/** @returns the error of the service if `cause` says that its database is unavailable or overloaded */
export function outageOf(cause: unknown): AppError | undefined {
  if (!isConnectionLost(cause) && !isDatabaseBusy(cause)) return undefined;
  const message = 'The database is unavailable: repeat the request after the time given.';
  return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 1 });
}
