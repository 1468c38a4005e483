import { AppError } from '../errors';
import { type CursorValues, decodeCursor } from './cursor';

export interface ConnectionArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/**
 * One page to read. `backward`: the last `limit` rows before the position instead of the first
 * after it.
 */
export interface PageRequest {
  limit: number;
  backward: boolean;
  after?: CursorValues;
  before?: CursorValues;
}

const maximumPageSize = 100;
const defaultPageSize = 20;

/**
 * Checks Relay's paging arguments. `first` has a default of 20 in the schema, so `last` wins where
 * both are given.
 *
 * @param isValid checks that a decoded cursor has the values of this list's sort
 * @throws AppError bad_request for a size outside 1 to 100 or a cursor that is not of this list
 */
export function pageRequest(
  args: ConnectionArguments,
  list: { sort: string; isValid: (values: unknown[]) => boolean },
): PageRequest {
  const backward = args.last !== undefined && args.last !== null;
  const limit = (backward ? args.last : args.first) ?? defaultPageSize;
  if (limit < 1 || limit > maximumPageSize) {
    const name = backward ? 'last' : 'first';
    throw new AppError('bad_request', `${name} must be between 1 and ${maximumPageSize}, not ${limit}.`);
  }
  const decode = (cursor: string) => decodeCursor(cursor, list.sort, list.isValid);
  return {
    limit,
    backward,
    ...(args.after ? { after: decode(args.after) } : {}),
    ...(args.before ? { before: decode(args.before) } : {}),
  };
}
