import { type GraphQLSchema, printSchema } from 'graphql';

const printed = new WeakMap<GraphQLSchema, string>();

/** The SDL of the API schema with descriptions; printed once per schema. */
export function publicSchemaText(schema: GraphQLSchema): string {
  const known = printed.get(schema);
  if (known !== undefined) return known;
  const text = `${printSchema(schema).trim()}\n`;
  printed.set(schema, text);
  return text;
}
