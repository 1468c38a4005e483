import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isAnswered, sqlErrorOf } from './sql-error';

/** SQLSTATEs and system errors of a database that went away, or is not there yet. */
const codes = new Set([
  '08000', // connection_exception
  '08001',
  '08003',
  '08004',
  '08006',
  '25P03', // idle_in_transaction_session_timeout: this process was stopped for a while
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** SQLSTATEs of a database that is there and cannot keep up: what was asked was rolled back. */
const busyCodes = new Set([
  '40001', // serialization_failure, after all tries
  '40P01', // deadlock_detected, after all tries
  '53000', // insufficient_resources
  '53200', // out_of_memory
  '53400', // configuration_limit_exceeded
  '55P03', // lock_not_available
  '57014', // query_canceled: statement_timeout
]);

/** What pg says without a code. */
const messages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect$/,
  /^Client has encountered a connection error and is not queryable$/,
];

/**
 * True when `error`, thrown by a database call, says that the connection was lost or could not be made: the same call may work
 * in a moment. What a lost COMMIT did is unknown.
 */
export function isConnectionLost(error: unknown): boolean {
  // TypeORM takes a query runner back when its connection breaks; what comes next in the transaction meets these.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const { code, message } = sqlErrorOf(error);
  return codes.has(code) || messages.some((pattern) => pattern.test(message));
}

/** True when `error`, thrown by a database call, says that the database had no room for it or no time: nothing was done. */
export function isDatabaseBusy(error: unknown): boolean {
  return isAnswered(error) && busyCodes.has(sqlErrorOf(error).code);
}
