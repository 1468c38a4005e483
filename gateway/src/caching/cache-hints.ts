import {
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { argumentsOf, supergraphFields } from '../supergraph-fields';

/** `@cacheControl(maxAge:)` in seconds, by `Type.field`. */
export type CacheHints = ReadonlyMap<string, number>;

/** @param supergraph the composed document, because the API schema has no directives */
export function readCacheHints(supergraph: DocumentNode): CacheHints {
  const hints = new Map<string, number>();
  for (const { type, field, coordinate } of supergraphFields(supergraph)) {
    const hint = field.directives?.find(({ name }) => name.value === 'cacheControl');
    if (hint && type.kind === Kind.OBJECT_TYPE_DEFINITION)
      hints.set(coordinate, Number(argumentsOf(hint)['maxAge']));
  }
  return hints;
}

/**
 * Seconds for which a response without errors may be reused for all callers: the lowest hint of its
 * fields. 0 for a mutation, or if a root field or a field with a selection has no hint. Fragments
 * of the document that the operation does not use are included.
 */
export function maxAgeOf(
  {
    document,
    operation,
    schema,
  }: { document: DocumentNode; operation: OperationDefinitionNode; schema: GraphQLSchema },
  hints: CacheHints,
): number {
  if (operation.operation !== OperationTypeNode.QUERY) return 0;
  let lowest = Infinity;
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    OperationDefinition: (node) => (node === operation ? undefined : false),
    Field(node) {
      const [parent, field] = [types.getParentType(), types.getFieldDef()];
      if (!parent || !field || node.name.value === '__typename') return;
      // Fields of interfaces have no hint: an implementing type can have a lower one.
      const isInherited =
        isObjectType(parent) && parent !== schema.getQueryType() && isLeafType(getNamedType(field.type));
      const hint = hints.get(`${parent.name}.${field.name}`) ?? (isInherited ? Infinity : 0);
      lowest = Math.min(lowest, hint);
    },
  });
  visit(document, visitor);
  return Number.isFinite(lowest) ? lowest : 0;
}
