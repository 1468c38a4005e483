/**
 * A field that the schema lets be null only beside an error: a root field, or one of another subgraph. `runOperation` throws
 * for every error, so null here is a fault of the platform; to show the resource without the field would be untrue.
 *
 * @throws Error, which becomes 500 internal
 */
export function required<Value>(value: Value | null, field: string): Value {
  if (value === null) throw new Error(`${field} is null, and no error says why`);
  return value;
}
