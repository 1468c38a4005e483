import {
  type Directive,
  type FieldDefinition,
  type InterfaceType,
  isSubtype,
  isVariable,
  type ObjectType,
  type Selection,
  type SelectionSet,
} from '@apollo/federation-internals';

/** Values of the variables of `@skip` and `@include`. */
export type Conditions = ReadonlyMap<string, boolean>;

/** What an operation selects of one field of an object. */
export interface CollectedField {
  responseName: string;
  /** Of the first selection: interfaces can declare another nullability. */
  definition: FieldDefinition<ObjectType | InterfaceType>;
  selectionSets: SelectionSet[];
}

interface CollectedFields {
  fields: readonly CollectedField[];
  /** True if fragments of other types are applied, which depends on the object's `__typename`. */
  dependsOnTypename: boolean;
}

/** The selections cannot be compiled: @apollo/gateway shapes such responses. */
export class NotCompilable extends Error {}

/** Fields of an object of `type`, in the order of the response; see "CollectFields" of GraphQL. */
export function collectFields(
  selectionSets: readonly SelectionSet[],
  type: ObjectType,
  conditions: Conditions,
): CollectedFields {
  const fields = new Map<string, CollectedField>();
  let dependsOnTypename = false;

  function add(selectionSet: SelectionSet): void {
    for (const selection of selectionSet.selections()) {
      if (isSkipped(selection, conditions)) continue;
      if (selection.kind === 'FieldSelection') {
        addField(fields, selection.element, selection.selectionSet);
      } else {
        const { typeCondition } = selection.element;
        dependsOnTypename ||= typeCondition !== undefined && typeCondition !== type;
        if (!typeCondition || isSubtype(typeCondition, type)) add(selection.selectionSet);
      }
    }
  }

  for (const selectionSet of selectionSets) add(selectionSet);
  return { fields: [...fields.values()], dependsOnTypename };
}

type FieldElement = Extract<Selection, { kind: 'FieldSelection' }>['element'];

function addField(
  fields: Map<string, CollectedField>,
  element: FieldElement,
  selectionSet: SelectionSet | undefined,
): void {
  const responseName = element.responseName();
  const definition = element.definition as CollectedField['definition'];
  if (definition.isSchemaIntrospectionField())
    throw new NotCompilable('executeIntrospection executes the introspection fields.');
  const field = fields.get(responseName) ?? { responseName, definition, selectionSets: [] };
  if (String(field.definition.type) !== String(definition.type))
    throw new NotCompilable(`"${responseName}" has two types.`);
  if (selectionSet) field.selectionSets.push(selectionSet);
  fields.set(responseName, field);
}

function isSkipped({ element }: Selection, conditions: Conditions): boolean {
  const [skip] = element.appliedDirectivesOf('skip');
  const [include] = element.appliedDirectivesOf('include');
  return (skip && isTrue(skip, conditions)) || (include && !isTrue(include, conditions)) || false;
}

function isTrue(directive: Pick<Directive, 'name' | 'arguments'>, conditions: Conditions): boolean {
  const value: unknown = directive.arguments()['if'];
  const condition = isVariable(value) ? conditions.get(value.name) : value;
  if (typeof condition !== 'boolean')
    throw new NotCompilable(`The condition of @${directive.name} has no Boolean value.`);
  return condition;
}
