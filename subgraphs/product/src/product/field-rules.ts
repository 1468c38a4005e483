/** A field that breaks a rule. `path` is the path in the input object. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** Returns the rule that the value breaks, for people, or undefined. */
export type Rule<Value> = (value: Value) => string | undefined;

/** The fields that break their rules. Null and undefined are not checked. */
export function checkFields<Input extends object>(
  input: Input,
  rules: { [Field in keyof Input]?: Rule<NonNullable<Input[Field]>> },
): FieldProblem[] {
  const fields: FieldProblem[] = [];
  for (const [path, rule] of Object.entries(rules) as [keyof Input & string, Rule<unknown>][]) {
    const value = input[path];
    const message = value === undefined || value === null ? undefined : rule(value);
    if (message) fields.push({ path, message });
  }
  return fields;
}
