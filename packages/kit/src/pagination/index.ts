import { AppError } from '../errors';

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

/** A position in a list: the sort columns' values of one row, the ID last. */
type CursorValues = readonly (string | number)[];

/** Opaque to clients. Contains `sort`, so that a cursor of another sort is rejected. */
export function encodeCursor(sort: string, values: CursorValues): string {
  return Buffer.from(JSON.stringify([sort, ...values])).toString('base64url');
}

/** @throws AppError bad_request unless `encodeCursor` made the cursor for this sort */
function decodeCursor(cursor: string, sort: string, isValid: (values: unknown[]) => boolean): CursorValues {
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

export interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

export interface Connection<Node> {
  edges: { cursor: string; node: Node }[];
  nodes: Node[];
  pageInfo: PageInfo;
}

/**
 * Builds a connection from the rows that a repository read for `page`: up to `limit + 1` rows in
 * reading order (backward pages are reversed). The extra row shows that there are more. Extend the
 * result by `Object.assign`: a copy would create the edges.
 */
export function connection<Node>(
  rows: readonly Node[],
  page: PageRequest,
  cursorOf: (node: Node) => string,
): Connection<Node> {
  const hasMore = rows.length > page.limit;
  const read = rows.slice(0, page.limit);
  const nodes = page.backward ? read.reverse() : read;
  let edges: Connection<Node>['edges'] | undefined;
  const cursorAt = (index: number) => {
    const node = nodes.at(index);
    return node === undefined ? null : cursorOf(node);
  };
  return {
    // A getter, because most requests do not select the edges.
    get edges() {
      return (edges ??= nodes.map((node) => ({ cursor: cursorOf(node), node })));
    },
    nodes,
    pageInfo: {
      hasNextPage: page.backward ? page.before !== undefined : hasMore,
      hasPreviousPage: page.backward ? hasMore : page.after !== undefined,
      startCursor: cursorAt(0),
      endCursor: cursorAt(-1),
    },
  };
}
