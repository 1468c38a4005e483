import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';

interface SupergraphField {
  type: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
  field: FieldDefinitionNode;
  /** `Type.field` */
  coordinate: string;
}

/**
 * The fields of object types and interfaces.
 *
 * @param supergraph the composed document: the API schema has no directives, and not all fields
 */
export function supergraphFields({ definitions }: DocumentNode): SupergraphField[] {
  return definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (type.fields ?? []).map((field) => ({
          ...{ type, field },
          coordinate: `${type.name.value}.${field.name.value}`,
        }))
      : [],
  );
}

export function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}
