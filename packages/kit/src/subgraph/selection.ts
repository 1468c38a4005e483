import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNonNull,
  type GraphQLNullableType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields';

/** The input of all executions of an operation. */
export interface OperationShape {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Record<string, FragmentDefinitionNode>;
}

/** A selected field of an object type. */
export interface SelectedField {
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly isNullable: boolean;
  readonly completion: Completion;
  /** The field has neither a resolver nor arguments: its value is the property of its name. */
  readonly isProperty: boolean;
}

/** How a value is completed for the response, by its type. */
export type Completion = { readonly isNullable: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: Completion }
  | { readonly kind: 'object'; fields(): readonly SelectedField[] }
  | {
      readonly kind: 'abstract';
      readonly type: GraphQLAbstractType;
      /** @returns undefined for a name that is not one of the possible types */
      fieldsOf(typeName: string): readonly SelectedField[] | undefined;
    }
);

export function selectionOfRoot(shape: OperationShape, type: GraphQLObjectType): readonly SelectedField[] {
  const { schema, fragments, operation } = shape;
  return selectFields(shape, type, collectFields(schema, fragments, {}, type, operation.selectionSet));
}

function selectFields(
  shape: OperationShape,
  type: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): readonly SelectedField[] {
  return [...collected].flatMap(([responseName, nodes]) => {
    const name = nodes[0]!.name.value;
    const definition = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
    if (!definition) return [];
    const completion = completionOf(shape, definition.type, nodes);
    const isProperty = definition.resolve === undefined && definition.args.length === 0;
    const { isNullable } = completion;
    return [{ responseName, nodes, definition, parentType: type, isNullable, completion, isProperty }];
  });
}

function completionOf(
  shape: OperationShape,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
): Completion {
  if (isNonNullType(type)) {
    const { ofType } = type as GraphQLNonNull<GraphQLNullableType & GraphQLOutputType>;
    return { ...completionOf(shape, ofType, nodes), isNullable: false };
  }
  const isNullable = true;
  if (isListType(type)) return { kind: 'list', isNullable, item: completionOf(shape, type.ofType, nodes) };
  if (isLeafType(type)) return { kind: 'leaf', isNullable, type };
  if (!isAbstractType(type))
    return { kind: 'object', isNullable, fields: lazy(() => subfields(shape, type, nodes)) };
  const { schema } = shape;
  const possible = new Map(
    schema
      .getPossibleTypes(type)
      .map((member) => [member.name, lazy(() => subfields(shape, member, nodes))] as const),
  );
  return { kind: 'abstract', isNullable, type, fieldsOf: (name) => possible.get(name)?.() };
}

function subfields(shape: OperationShape, type: GraphQLObjectType, nodes: readonly FieldNode[]) {
  return selectFields(shape, type, collectSubfields(shape.schema, shape.fragments, {}, type, nodes));
}

/** Creates a selection at its first use: a document can select many types that never occur. */
function lazy<T>(create: () => T): () => T {
  let created: T | undefined;
  return () => (created ??= create());
}
