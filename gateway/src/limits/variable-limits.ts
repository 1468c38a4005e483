import { GraphQLError } from 'graphql';

/** Of a list or an object anywhere in the variables, before any of them is looked at. No argument takes as many. */
const maximumItems = 1_000;

/**
 * The error of a variable with a list or an object beyond the limit; undefined when there is none. Without recursion: a body may nest
 * its lists as deep as it is long.
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
