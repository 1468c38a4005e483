import { GraphQLError } from 'graphql';

/** Of a list or an object anywhere in the variables, before any of them is looked at. No argument takes as many. */
const maximumVariableItems = 1_000;

/**
 * The error of the first variable with a list or object above the limit, else undefined. Iterative,
 * because deeply nested lists would overflow the stack.
 */
export function oversizedVariable(variables: Readonly<Record<string, unknown>>): GraphQLError | undefined {
  const waiting = Object.entries(variables);
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    const [name, value] = entry;
    if (typeof value !== 'object' || value === null) continue;
    const items = Object.values(value) as unknown[];
    if (items.length > maximumVariableItems) return tooManyItems(name, items.length);
    for (const inner of items) waiting.push([name, inner]);
  }
  return undefined;
}

function tooManyItems(name: string, length: number): GraphQLError {
  return new GraphQLError(
    `Variable "$${name}" has a value of ${length} elements or fields, and ${maximumVariableItems} is the limit.`,
  );
}
