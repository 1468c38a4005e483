import { GraphQLError } from 'graphql';

/** Elements of one list, or fields of one object, in the variables. No argument allows as many. */
const maximumItems = 1_000;

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
    if (items.length > maximumItems) return tooManyItems(name, items.length);
    for (const inner of items) waiting.push([name, inner]);
  }
  return undefined;
}

function tooManyItems(name: string, length: number): GraphQLError {
  return new GraphQLError(
    `Variable "$${name}" has a value of ${length} elements or fields, and ${maximumItems} is the limit.`,
  );
}
