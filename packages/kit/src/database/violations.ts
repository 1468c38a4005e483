import { isSqlError, sqlErrorOf } from './sql-error';

const uniqueViolation = '23505';

/** True if `error` is a violation of the unique constraint or index `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  const { code, constraint } = sqlErrorOf(error);
  return isSqlError(error) && code === uniqueViolation && constraint === name;
}
