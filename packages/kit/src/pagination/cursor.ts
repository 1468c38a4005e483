import { AppError } from '../errors';

/** A position in a list: the sort columns' values of one row, the ID last. */
export type CursorValues = readonly (string | number)[];

/** Opaque to clients. Contains `sort`, so that a cursor of another sort is rejected. */
export function encodeCursor(sort: string, values: CursorValues): string {
  return Buffer.from(JSON.stringify([sort, ...values])).toString('base64url');
}

/** @throws AppError bad_request unless `encodeCursor` made the cursor for this sort */
export function decodeCursor(
  cursor: string,
  sort: string,
  isValid: (values: unknown[]) => boolean,
): CursorValues {
  const decoded = parse(cursor);
  if (!decoded || decoded[0] !== sort || !isValid(decoded.slice(1))) {
    throw new AppError(
      'bad_request',
      'The cursor is invalid: use a cursor from a page of the same list with the same sort.',
    );
  }
  return decoded.slice(1) as CursorValues;
}

function parse(cursor: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
