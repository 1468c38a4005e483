import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

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
