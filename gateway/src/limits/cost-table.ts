import type { DocumentNode, FieldDefinitionNode } from 'graphql';
import { argumentsOf, supergraphFields } from '../supergraph-fields';

/** `@cost` and `@listSize` of a field (https://ibm.github.io/graphql-specs/cost-spec.html). */
export interface FieldCost {
  /** `@cost(weight:)`, added to the cost of its value. */
  weight?: number;
  /** `@listSize(assumedSize:)`. */
  assumedSize?: number;
  /** `@listSize(slicingArguments:)`: the maximum of these arguments is the size. */
  slicingArguments?: readonly string[];
  /** `@listSize(sizedFields:)`: the size applies to these fields of the value. */
  sizedFields?: readonly string[];
}

/** By `Type.field`. */
export type CostTable = ReadonlyMap<string, FieldCost>;

/** @param supergraph the composed document, because the API schema has no directives */
export function readCostTable(supergraph: DocumentNode): CostTable {
  const table = new Map<string, FieldCost>();
  for (const { field, coordinate } of supergraphFields(supergraph)) {
    const cost = costOf(field);
    if (cost) table.set(coordinate, cost);
  }
  return table;
}

function costOf({ directives = [] }: FieldDefinitionNode): FieldCost | undefined {
  const costs = directives.filter(({ name }) => name.value === 'cost' || name.value === 'listSize');
  if (costs.length === 0) return undefined;
  return Object.assign({}, ...costs.map(argumentsOf)) as FieldCost;
}
