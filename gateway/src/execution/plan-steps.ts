import type { Schema } from '@apollo/federation-internals';
import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import type { ResponsePath } from '../subgraphs/planned-fetches';
import { compileRepresentation, type ReadRepresentation } from './representations';

/** A fetch of a query plan. */
export interface FetchStep {
  kind: 'fetch';
  subgraph: string;
  node: FetchNode;
  /** From the root of the response to the objects that the fetch adds fields to. */
  path: ResponsePath;
  /** Of fetches of entities. */
  readRepresentation: ReadRepresentation | undefined;
}

/** A query plan, prepared for execution. */
export type PlanStep =
  | FetchStep
  | { kind: 'sequence' | 'parallel'; steps: readonly PlanStep[] }
  | { kind: 'condition'; variable: string; then: PlanStep | undefined; otherwise: PlanStep | undefined };

/** @returns undefined if the plan fetches nothing */
export function compilePlan({ node }: QueryPlan, supergraph: Schema): PlanStep | undefined {
  if (node?.kind === 'Subscription') throw new Error('The gateway executes no subscriptions.');
  return node && compileNode(node, [], supergraph);
}

function compileNode(node: PlanNode, path: ResponsePath, supergraph: Schema): PlanStep {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return {
        kind: node.kind === 'Sequence' ? 'sequence' : 'parallel',
        steps: node.nodes.map((inner) => compileNode(inner, path, supergraph)),
      };
    case 'Flatten':
      return compileNode(node.node, [...path, ...node.path], supergraph);
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        then: node.ifClause && compileNode(node.ifClause, path, supergraph),
        otherwise: node.elseClause && compileNode(node.elseClause, path, supergraph),
      };
    case 'Fetch':
      return {
        kind: 'fetch',
        subgraph: node.serviceName,
        node,
        path,
        readRepresentation: node.requires && compileRepresentation(node.requires, supergraph),
      };
    case 'Defer':
      throw new Error('The gateway executes no plans with @defer.');
    default:
      return node satisfies never;
  }
}
