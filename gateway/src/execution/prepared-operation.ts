import { operationFromDocument, type Schema } from '@apollo/federation-internals';
import type { QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { Kind, type OperationDefinitionNode } from 'graphql';
import type { PlannableOperation } from './execution-request';
import { compilePlan, type PlanStep } from './plan-steps';
import { ResponseShape } from './shape-response';

/** What is known of an operation before it has variables; cached. */
export interface PreparedOperation {
  plan: QueryPlan;
  /** The plan, prepared for execution; undefined if nothing is fetched. */
  steps: PlanStep | undefined;
  shape: ResponseShape;
  /** Default values of Boolean variables. */
  booleanDefaults: ReadonlyMap<string, boolean>;
}

/** @throws Error if the operation cannot be planned */
export function prepareOperation(
  { document, operation }: PlannableOperation,
  { apiSchema, supergraph, planner }: { apiSchema: Schema; supergraph: Schema; planner: QueryPlanner },
): PreparedOperation {
  const planned = operationFromDocument(apiSchema, document, {
    operationName: operation.name?.value,
  });
  const plan = planner.buildQueryPlan(planned);
  return {
    plan,
    steps: compilePlan(plan, supergraph),
    shape: new ResponseShape(document, apiSchema),
    booleanDefaults: booleanDefaultsOf(operation),
  };
}

function booleanDefaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Map<string, boolean> {
  return new Map(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.BOOLEAN ? [[variable.name.value, defaultValue.value] as const] : [],
    ),
  );
}
