/**
 * Asserts a field that is null only together with an error: a root field, or a field of another
 * subgraph. `runOperation` throws for every error, so null is a bug. A partial resource would be
 * incorrect.
 *
 * @throws Error, which becomes 500 internal
 */
export function required<Value>(value: Value | null, field: string): Value {
  if (value === null) throw new Error(`${field} is null without an error`);
  return value;
}
