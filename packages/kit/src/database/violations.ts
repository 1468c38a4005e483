import { QueryFailedError } from 'typeorm';

const uniqueViolation = '23505';

/** True when `error` is PostgreSQL's refusal of a second row under the unique constraint or index `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause = error.driverError as { code?: string; constraint?: string };
  return cause.code === uniqueViolation && cause.constraint === name;
}
