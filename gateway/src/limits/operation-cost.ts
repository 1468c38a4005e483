import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql';
import type { CostTable, FieldCost } from './cost-table';

/** For lists without `@listSize`; a test requires the directive on every list of the schema. */
const assumedListSize = 10;
const mutationWeight = 10;
/** An alias repeats a value, and a string may have 5,000 characters. */
const aliasWeight = 1;

type Sizes = ReadonlyMap<string, number>;
const noSizes: Sizes = new Map();

/** A validated operation and its variables. */
export interface OperationRequest {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
}

type Input = OperationRequest & { costs: CostTable };

/**
 * The maximum cost of an operation: 1 for each object and each aliased value of the response, 10 for
 * each mutation, plus `@cost`. A list is multiplied by `@listSize`, a maximum that its resolver
 * enforces. All members of a union are added, although a value has only one type.
 *
 * The cost of a fragment is memoised per size of the enclosing list, so the time does not grow with
 * the number of spreads.
 */
export function operationCost(input: Input): number {
  const { schema, operation } = input;
  const root = schema.getRootType(operation.operation);
  return root ? new CostCalculation(input).ofSet(operation.selectionSet, root, noSizes) : 0;
}

class CostCalculation {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly costsOfFragments = new Map<string, number>();
  private readonly variables: Readonly<Record<string, unknown>>;
  private readonly mutationType: GraphQLNamedType | null | undefined;

  constructor(private readonly input: Input) {
    this.fragments = new Map(
      input.document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
      ),
    );
    this.variables = { ...defaultsOf(input.operation), ...input.variables };
    this.mutationType = input.schema.getMutationType();
  }

  ofSet({ selections }: SelectionSetNode, parent: GraphQLNamedType, sizes: Sizes): number {
    return selections.reduce((sum, selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return sum + this.ofField(selection, parent, sizes);
        case Kind.INLINE_FRAGMENT: {
          const { typeCondition, selectionSet } = selection;
          const type = typeCondition ? typeFromAST(this.input.schema, typeCondition) : parent;
          return type ? sum + this.ofSet(selectionSet, type, sizes) : sum;
        }
        case Kind.FRAGMENT_SPREAD:
          return sum + this.ofFragment(selection.name.value, sizes);
        default:
          return selection satisfies never;
      }
    }, 0);
  }

  private ofFragment(name: string, sizes: Sizes): number {
    // The cost depends on list sizes that the enclosing field sets.
    const key = `${name} ${[...sizes].join(' ')}`;
    const known = this.costsOfFragments.get(key);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    const type = fragment && typeFromAST(this.input.schema, fragment.typeCondition);
    const cost = type ? this.ofSet(fragment.selectionSet, type, sizes) : 0;
    this.costsOfFragments.set(key, cost);
    return cost;
  }

  private ofField(field: FieldNode, parent: GraphQLNamedType, sizes: Sizes): number {
    const name = field.name.value;
    const definition = fieldOf(parent, name);
    // Introspection costs nothing: the limits on selections and aliases apply.
    if (!definition) return 0;
    const cost = this.input.costs.get(`${parent.name}.${name}`) ?? {};
    const size = this.sizeOf(field, definition, cost);
    const type = getNamedType(definition.type);
    const inside = field.selectionSet ? this.ofSet(field.selectionSet, type, sizesOfFields(cost, size)) : 0;
    const count = isListType(getNullableType(definition.type))
      ? (sizes.get(name) ?? size ?? assumedListSize)
      : 1;
    const own =
      (cost.weight ?? 0) +
      (field.alias ? aliasWeight : 0) +
      (parent === this.mutationType ? mutationWeight : 0);
    return own + count * ((isCompositeType(type) ? 1 : 0) + inside);
  }

  /** By the field's own directive; undefined without one. */
  private sizeOf(
    field: FieldNode,
    definition: GraphQLField<unknown, unknown>,
    { assumedSize, slicingArguments = [] }: FieldCost,
  ): number | undefined {
    const given = slicingArguments
      .map((name) => this.argument(field, definition, name))
      .filter((value): value is number => typeof value === 'number' && value >= 0);
    return given.length > 0 ? Math.max(...given) : assumedSize;
  }

  private argument(field: FieldNode, definition: GraphQLField<unknown, unknown>, name: string): unknown {
    const node = field.arguments?.find((argument) => argument.name.value === name)?.value;
    const value = node && valueFromASTUntyped(node, this.variables);
    return value ?? definition.args.find((argument) => argument.name === name)?.defaultValue;
  }
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    ),
  );
}

function fieldOf(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function sizesOfFields({ sizedFields }: FieldCost, size: number | undefined): Sizes {
  if (!sizedFields || size === undefined) return noSizes;
  return new Map(sizedFields.map((name) => [name, size]));
}
