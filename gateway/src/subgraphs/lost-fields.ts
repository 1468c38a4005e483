import type { ResponsePath } from './failed-fetch-error';
import type { PlannedFetch, Selections } from './planned-fetches';

/** What stands for a null inside a list: its own path, or the path of the outermost list. */
export type Precision = 'field' | 'list';

/**
 * The nulls that `fetch` left in the response, each with its path: one for every field that the failure cost. With the precision
 * `list`, a list in which fields are lost comes once instead of them.
 */
export function lostFields(
  data: unknown,
  { path, provides }: PlannedFetch,
  precision: Precision,
): Generator<ResponsePath> {
  return nullsAt({ value: data, path: [] }, path, { provides, precision });
}

interface Place {
  value: unknown;
  path: ResponsePath;
}

interface Search {
  provides: Selections;
  precision: Precision;
}

/** Below `keys`, in every position of the lists; where something on the way is null, that null. */
function* nullsAt({ value, path }: Place, keys: ResponsePath, search: Search): Generator<ResponsePath> {
  if (value === null) {
    yield path;
    return;
  }
  const [key, ...rest] = keys;
  if (Array.isArray(value)) {
    yield* nullsInList({ value, path }, key === '@' ? rest : keys, search);
    return;
  }
  if (key !== undefined) {
    yield* nullsInField({ value, path }, key, rest, search);
    return;
  }
  for (const [name, provides] of Object.entries(search.provides))
    yield* nullsInField({ value, path }, name, [], { ...search, provides });
}

function* nullsInList(
  { value, path }: Place & { value: unknown[] },
  keys: ResponsePath,
  search: Search,
): Generator<ResponsePath> {
  for (const [index, element] of value.entries()) {
    for (const lost of nullsAt({ value: element, path: [...path, index] }, keys, search)) {
      if (search.precision === 'list') {
        yield path;
        return;
      }
      yield lost;
    }
  }
}

/** Nothing without the field: the object is of another type of its union, or the field was skipped. */
function* nullsInField(
  { value, path }: Place,
  name: string | number,
  keys: ResponsePath,
  search: Search,
): Generator<ResponsePath> {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return;
  const inner = (value as Record<string, unknown>)[name];
  yield* nullsAt({ value: inner, path: [...path, name] }, keys, search);
}
