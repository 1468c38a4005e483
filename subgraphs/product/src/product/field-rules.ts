import { type FieldProblem, invalidInput, type InvalidInput } from './outcomes';

/** The rule that a value breaks, for people; undefined when it keeps it. */
export type Rule<Value> = (value: Value) => string | undefined;

/**
 * Checks the fields that are given; null and undefined are not.
 *
 * @returns undefined when every rule is kept
 */
export function checkFields<Input extends object>(
  input: Input,
  rules: { [Field in keyof Input]?: Rule<NonNullable<Input[Field]>> },
): InvalidInput | undefined {
  const fields: FieldProblem[] = [];
  for (const [path, rule] of Object.entries(rules) as [keyof Input & string, Rule<unknown>][]) {
    const value = input[path];
    const message = value === undefined || value === null ? undefined : rule(value);
    if (message) fields.push({ path, message });
  }
  return fields.length > 0 ? invalidInput(fields) : undefined;
}
