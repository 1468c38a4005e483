import type { ResponsePath } from './failed-fetch-error';
import type { PlannedFetch, Selections } from './planned-fetches';

/** The paths of the nulls that the failed `fetch` left in the response, one per affected field. */
export function lostFields(data: unknown, { path, provides }: PlannedFetch): ResponsePath[] {
  return objectsAt(data, path).flatMap(({ value, path: place }) => nullsIn(value, provides, place));
}

interface Place {
  value: unknown;
  path: ResponsePath;
}

/** The values at `path`, for every index of its lists; if a parent is null, that null. */
function objectsAt(value: unknown, [key, ...rest]: ResponsePath, path: ResponsePath = []): Place[] {
  if (key === undefined || value === null) return [{ value, path }];
  if (Array.isArray(value)) {
    const inner = key === '@' ? rest : [key, ...rest];
    return value.flatMap((element, index) => objectsAt(element, inner, [...path, index]));
  }
  // Undefined: the object has another type of the union, or the field was skipped.
  const inner = fieldOf(value, key);
  return inner === undefined ? [] : objectsAt(inner, rest, [...path, key]);
}

function nullsIn(value: unknown, selections: Selections, path: ResponsePath): ResponsePath[] {
  if (value === null) return [path];
  if (Array.isArray(value))
    return value.flatMap((element, index) => nullsIn(element, selections, [...path, index]));
  return Object.entries(selections).flatMap(([name, inner]) => {
    const field = fieldOf(value, name);
    return field === undefined ? [] : nullsIn(field, inner, [...path, name]);
  });
}

function fieldOf(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
