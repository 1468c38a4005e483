import { AppError } from '../errors';

/** A position in a list: the values of the sort's columns for one row, the id last. */
export type CursorValues = readonly (string | number)[];

/** Opaque to clients. `sort` is part of it, so that a cursor of one order is refused in another. */
export function encodeCursor(sort: string, values: CursorValues): string {
  return Buffer.from(JSON.stringify([sort, ...values])).toString('base64url');
}

/** @throws AppError bad_request for anything that `encodeCursor` did not make for this sort and shape */
export function decodeCursor(
  cursor: string,
  sort: string,
  isValid: (values: unknown[]) => boolean,
): CursorValues {
  const decoded = parse(cursor);
  if (!decoded || decoded[0] !== sort || !isValid(decoded.slice(1))) {
    throw new AppError(
      'bad_request',
      'The cursor is not valid here: use one from a page of the same list and sort.',
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
