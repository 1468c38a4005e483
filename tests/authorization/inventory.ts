import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, valueFromASTUntyped } from 'graphql';

const root = join(__dirname, '../..');
const read = (file: string) => parse(readFileSync(join(root, file), 'utf8'));

const apiSchema = read('gateway/api-schema.graphql');
const supergraph = read('gateway/supergraph.graphql');
const subgraphs = subgraphNames.map((name) => ({ name, schema: read(`subgraphs/${name}/schema.graphql`) }));

/** `Query.me` and so on: the root fields of the API schema. */
export const publicRootFields: readonly string[] = rootFieldsOf(apiSchema);

/** `product reserveStock`: a root field of a subgraph that the API schema does not have. */
export const internalOperations: readonly string[] = subgraphs.flatMap(({ name, schema }) =>
  rootFieldsOf(schema)
    .filter((field) => !publicRootFields.includes(field))
    .map((field) => `${name} ${field.split('.')[1]}`),
);

/** `product Product by sku`: for each key of an entity, the subgraphs that resolve it. */
export const entityReferences: readonly string[] = supergraph.definitions.flatMap((definition) => {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
    return [];
  const type = definition.name.value;
  const joins = (definition.directives ?? []).filter(({ name }) => name.value === 'join__type');
  return joins
    .map(argumentsOf)
    .filter(({ key, resolvable }) => key !== undefined && resolvable !== false)
    .map(({ graph, key }) => `${String(graph).toLowerCase()} ${type} by ${String(key)}`);
});

/** The subgraph that resolves a public root field. */
export function subgraphOf(field: string): SubgraphName {
  const owner = subgraphs.find(({ schema }) => rootFieldsOf(schema).includes(field));
  if (!owner) throw new Error(`no subgraph has ${field}`);
  return owner.name;
}

function rootFieldsOf({ definitions }: DocumentNode): string[] {
  return definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION)
      return [];
    const type = definition.name.value;
    if (!['Query', 'Mutation', 'Subscription'].includes(type)) return [];
    return (definition.fields ?? []).map(({ name }) => `${type}.${name.value}`);
  });
}

function argumentsOf(directive: ConstDirectiveNode): Record<string, unknown> {
  const entries = directive.arguments ?? [];
  return Object.fromEntries(entries.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}
