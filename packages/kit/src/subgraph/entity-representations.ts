import {
  type FieldNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isLeafType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../errors';

type Representation = Readonly<Record<string, unknown>>;

/**
 * Validates each representation of `_entities` on its own: an error that `@apollo/subgraph` throws
 * for one fails the whole list. Reference resolvers can rely on a complete key of the right type.
 */
export function isolateRepresentations(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolveList = field?.resolve;
  if (!field || !resolveList) return schema;
  const readRepresentation = representationReader(schema);
  field.resolve = (source, args: { representations: unknown[] }, context, info) =>
    args.representations.map((value) => {
      try {
        const representations = [readRepresentation(value)];
        const [entity] = resolveList(source, { representations }, context, info) as unknown[];
        return entity;
      } catch (error) {
        // An item that is an Error becomes null with an error at its own path.
        return error instanceof Error ? error : new Error(String(error));
      }
    });
  return schema;
}

/** @returns a function that validates one representation and coerces its key fields */
function representationReader(schema: GraphQLSchema): (value: unknown) => Representation {
  const union = schema.getType('_Entity');
  const types = isUnionType(union) ? union.getTypes() : [];
  const resolvable = types
    .map((type) => ({ type, keys: keysOf(type) }))
    .filter(({ keys }) => keys.length > 0);
  const entities = new Map(resolvable.map((entity) => [entity.type.name, entity]));
  return (value) => {
    if (!isRecord(value)) throw invalidRepresentation(`must be an object, not ${describe(value)}`);
    const { __typename: name } = value;
    const entity = typeof name === 'string' ? entities.get(name) : undefined;
    if (!entity)
      throw invalidRepresentation(
        `has the __typename ${describe(name)}; the entities are ${[...entities.keys()].join(', ')}`,
      );
    const { type, keys } = entity;
    const key = keys.find((selection) => hasFields(value, selection));
    if (!key)
      throw invalidRepresentation(`of ${type.name} has no complete key: ${keys.map(nameKey).join(' or ')}`);
    // Resolvers check `'id' in reference`, so null fields of other keys are removed.
    const present = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
    return { ...Object.fromEntries(present), ...readFields(value, type, key) };
  };
}

/** The selections of a type's `@key` directives, without those with `resolvable: false`. */
function keysOf(type: GraphQLObjectType): SelectionSetNode[] {
  const nodes = [type.astNode, ...type.extensionASTNodes];
  const directives = nodes
    .flatMap((node) => node?.directives ?? [])
    .filter(({ name }) => name.value === 'key');
  return directives.flatMap(({ arguments: args = [] }) => {
    const { fields, resolvable } = Object.fromEntries(args.map(({ name, value }) => [name.value, value]));
    const isElsewhere = resolvable?.kind === Kind.BOOLEAN && !resolvable.value;
    return fields?.kind === Kind.STRING && !isElsewhere ? [selectionOf(fields.value)] : [];
  });
}

function selectionOf(fields: string): SelectionSetNode {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error(`@key(fields: "${fields}") is not valid`);
  return definition.selectionSet;
}

const fieldsOf = ({ selections }: SelectionSetNode) =>
  selections.filter((selection): selection is FieldNode => selection.kind === Kind.FIELD);

function hasFields(value: Representation, selection: SelectionSetNode): boolean {
  return fieldsOf(selection).every(({ name, selectionSet }) => {
    const part = Object.hasOwn(value, name.value) ? value[name.value] : undefined;
    if (part === null || part === undefined) return false;
    return !selectionSet || !isRecord(part) || hasFields(part, selectionSet);
  });
}

function readFields(
  value: Representation,
  type: GraphQLObjectType,
  selection: SelectionSetNode,
): Representation {
  const entries = fieldsOf(selection).map(({ name: { value: name }, selectionSet }) => {
    const fieldType = getNamedType(type.getFields()[name]!.type);
    return [name, readField(value[name], fieldType, `${type.name}.${name}`, selectionSet)] as const;
  });
  return Object.fromEntries(entries);
}

function readField(
  value: unknown,
  type: GraphQLNamedType,
  place: string,
  selection: SelectionSetNode | undefined,
): unknown {
  if (selection && isObjectType(type)) {
    if (isRecord(value)) return { ...value, ...readFields(value, type, selection) };
    throw invalidRepresentation(`has ${describe(value)} for ${place}, which is an object`);
  }
  if (!isLeafType(type)) return value;
  try {
    return type.parseValue(value);
  } catch (cause) {
    throw invalidRepresentation(`has ${describe(value)} for ${place}, which is ${type.name}`, cause);
  }
}

function isRecord(value: unknown): value is Representation {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nameKey = (selection: SelectionSetNode) =>
  fieldsOf(selection)
    .map(({ name }) => name.value)
    .join(' + ');

const longestValue = 100;

const describe = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, longestValue);

function invalidRepresentation(what: string, cause?: unknown): AppError {
  return new AppError('bad_request', `A representation ${what}.`, cause === undefined ? {} : { cause });
}
