import type { ResponsePath } from '../subgraphs/planned-fetches';
import { isJsonObject, type JsonObject, ownValue } from './json-object';

/** The objects at a path of a plan, in which `@` stands for each element of a list. */
export function objectsAt(data: JsonObject, path: ResponsePath): JsonObject[] {
  const found: JsonObject[] = [];
  addObjects(data, path, 0, found);
  return found;
}

function addObjects(value: unknown, path: ResponsePath, depth: number, found: JsonObject[]): void {
  if (Array.isArray(value)) {
    const below = path[depth] === '@' ? depth + 1 : depth;
    for (const element of value) addObjects(element, path, below, found);
  } else if (isJsonObject(value)) {
    const key = path[depth];
    if (key === undefined) found.push(value);
    else addObjects(ownValue(value, String(key)), path, depth + 1, found);
  }
}

/** Paths of an object in a response. Equal entities can share one object, which has several. */
export type Positions = ReadonlyMap<JsonObject, readonly ResponsePath[]>;

/** The positions of the objects at a path of a plan. */
export function positionsAt(data: JsonObject, path: ResponsePath): Positions {
  const positions = new Map<JsonObject, ResponsePath[]>();
  addPositions({ value: data, position: [] }, path, positions);
  return positions;
}

function addPositions(
  { value, position }: { value: unknown; position: ResponsePath },
  path: ResponsePath,
  positions: Map<JsonObject, ResponsePath[]>,
): void {
  const [key, ...rest] = path;
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries())
      addPositions({ value: element, position: [...position, index] }, key === '@' ? rest : path, positions);
  } else if (isJsonObject(value)) {
    if (key === undefined) positions.set(value, [...(positions.get(value) ?? []), position]);
    else addPositions({ value: ownValue(value, String(key)), position: [...position, key] }, rest, positions);
  }
}
