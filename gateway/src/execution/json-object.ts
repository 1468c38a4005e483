/** An object of a subgraph's response, or of the response to the client. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own property: `constructor` and other names of Object.prototype are valid fields. */
export function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Adds the fields of `source` to `target`, and merges nested objects and lists of the same length.
 * Nested objects that `target` lacks are shared, not copied: the entities that got the same object
 * are at the same path of the plan, so that later fetches write the same fields into it.
 */
export function mergeInto(target: JsonObject, source: JsonObject): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    // An assignment to `__proto__` would change the prototype; no field has this name.
    if (value === undefined || name === '__proto__') continue;
    const present = ownValue(target, name);
    if (present === value) continue;
    if (isJsonObject(present) && isJsonObject(value)) mergeInto(present, value);
    else if (Array.isArray(present) && Array.isArray(value) && present.length === value.length)
      mergeLists(present, value);
    else target[name] = value;
  }
}

function mergeLists(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const present = target[index];
    if (present === value) continue;
    if (isJsonObject(present) && isJsonObject(value)) mergeInto(present, value);
    else target[index] = value;
  }
}
