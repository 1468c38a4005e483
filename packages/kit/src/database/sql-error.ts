import { DatabaseError } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/** SQLSTATEs that callers tell apart. */
export const sqlStates = {
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  undefinedColumn: '42703',
  undefinedTable: '42P01',
} as const;

/** SQLSTATEs and system errors of a lost connection, or of a database that accepts none. */
const codes = new Set([
  '08000', // connection_exception
  '08001',
  '08003',
  '08004',
  '08006',
  '25P03', // idle_in_transaction_session_timeout: this process was suspended
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

/** SQLSTATEs of an overloaded database: the statement was rolled back. */
const busyCodes = new Set([
  '40001', // serialization_failure, after all retries
  '40P01', // deadlock_detected, after all retries
  '53000', // insufficient_resources
  '53200', // out_of_memory
  '53400', // configuration_limit_exceeded
  '55P03', // lock_not_available
  '57014', // query_canceled: statement_timeout
]);

/** Messages of pg errors that have no code. */
const messages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect$/,
  /^Client has encountered a connection error and is not queryable$/,
];

/**
 * True when `error`, thrown by a database call, says that the connection was lost or could not be
 * made: a retry may succeed. Whether a lost COMMIT took effect is unknown.
 */
export function isConnectionLost(error: unknown): boolean {
  // TypeORM releases a query runner when its connection is lost; later calls in the transaction
  // throw these.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const { code, message } = sqlErrorOf(error);
  return codes.has(code) || messages.some((pattern) => pattern.test(message));
}

/** SQLSTATEs of a prepared statement that does not fit the schema, or that the server does not have. */
const stalePlanCodes = new Set([
  '0A000', // feature_not_supported: "cached plan must not change result type"
  '26000', // invalid_sql_statement_name
]);

/** True if the statement had no effect and can succeed without its prepared plan. */
export function hasStalePlan(error: unknown): boolean {
  return isSqlError(error) && stalePlanCodes.has(sqlErrorOf(error).code);
}

const readOnlyTransaction = '25006';

/**
 * True if later statements on the connection would fail as well, so that it must be closed: it has a
 * stale plan, or the server has become a standby.
 */
export function isConnectionStale(error: unknown): boolean {
  return hasStalePlan(error) || (isSqlError(error) && sqlErrorOf(error).code === readOnlyTransaction);
}

/**
 * True when `error`, thrown by a database call, says that the database was overloaded or the
 * statement timed out: it had no effect.
 */
export function isDatabaseBusy(error: unknown): boolean {
  return isSqlError(error) && busyCodes.has(sqlErrorOf(error).code);
}

/** The error of a failed statement that was sent through TypeORM or through pg. */
export interface SqlError {
  /** SQLSTATE, or the code of a system error; empty if there is none. */
  code: string;
  message: string;
  constraint?: string;
}

export function sqlErrorOf(error: unknown): SqlError {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const { code = '', message = '', constraint } = (cause ?? {}) as Partial<SqlError>;
  return { code, message, ...(constraint === undefined ? {} : { constraint }) };
}

/** True if PostgreSQL returned this error, so that the statement had no effect. */
export function isSqlError(error: unknown): boolean {
  return error instanceof QueryFailedError || error instanceof DatabaseError;
}

const uniqueViolation = '23505';

/** True if `error` is a violation of the unique constraint or index `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  const { code, constraint } = sqlErrorOf(error);
  return isSqlError(error) && code === uniqueViolation && constraint === name;
}
