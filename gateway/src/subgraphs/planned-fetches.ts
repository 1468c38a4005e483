import type { Experimental_DidResolveQueryPlanCallback } from '@apollo/gateway';
import { Kind, parse, type SelectionNode, type SelectionSetNode } from 'graphql';

export type QueryPlan = Parameters<Experimental_DidResolveQueryPlanCallback>[0]['queryPlan'];
type PlanNode = NonNullable<QueryPlan['node']>;
type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>;
type RequiredSelection = NonNullable<FetchNode['requires']>[number];

/** Keys and list indexes; in a query plan `@` stands for every index. */
export type ResponsePath = readonly (string | number)[];

/** A fetch of a query plan that was sent to a subgraph. */
export interface SentFetch {
  operation: string;
  /** Path in the response of the objects that the fetch adds fields to. */
  path: ResponsePath;
}

/** Response names with their nested selections, without type conditions. */
export interface Selections {
  readonly [responseName: string]: Selections;
}

export interface PlannedFetch extends SentFetch {
  /** Fields that the fetch adds to the objects at its path. */
  provides: Selections;
  /** Fields that these objects must have before the fetch can be sent. */
  requires: Selections;
}

/** Keyed by plan, because the gateway caches plans; filled only when a fetch fails. */
const knownPlans = new WeakMap<QueryPlan, readonly PlannedFetch[]>();

function fetchesOf(plan: QueryPlan): readonly PlannedFetch[] {
  const fetches = knownPlans.get(plan) ?? (plan.node ? readNode(plan.node, []) : []);
  knownPlans.set(plan, fetches);
  return fetches;
}

/** The failed fetch, and those not sent because they require its fields (`@requires`, keys). */
export function lostFetches(plan: QueryPlan, failed: SentFetch): readonly PlannedFetch[] {
  const fetches = fetchesOf(plan);
  const lost = new Set(fetches.filter((fetch) => isSame(fetch, failed)));
  // Iterating a Set includes elements that are added during the loop.
  for (const fetch of lost) {
    const provided = new Set(leaves(fetch.provides, fetch.path));
    for (const known of leaves(fetch.requires, fetch.path)) provided.delete(known);
    for (const other of fetches) {
      if (leaves(other.requires, other.path).some((leaf) => provided.has(leaf))) lost.add(other);
    }
  }
  return [...lost];
}

function isSame(one: SentFetch, other: SentFetch): boolean {
  return one.operation === other.operation && one.path.join('.') === other.path.join('.');
}

/** Every leaf with its path in the response, without list indexes. */
function leaves(selections: Selections, path: ResponsePath): string[] {
  return Object.entries(selections).flatMap(([name, inner]) => {
    const ownPath = [...path, name];
    if (name === '__typename') return [];
    return Object.keys(inner).length > 0
      ? leaves(inner, ownPath)
      : [ownPath.filter((key) => key !== '@').join('.')];
  });
}

function readNode(node: PlanNode, path: ResponsePath): PlannedFetch[] {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((inner) => readNode(inner, path));
    case 'Flatten':
      return readNode(node.node, [...path, ...node.path]);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((inner) => (inner ? readNode(inner, path) : []));
    case 'Fetch':
      return [readFetch(node, path)];
    case 'Defer':
    case 'Subscription':
      // @apollo/gateway does not execute these node kinds.
      return [];
    default:
      return node satisfies never;
  }
}

function readFetch({ operation, requires = [] }: FetchNode, path: ResponsePath): PlannedFetch {
  return { operation, path, provides: provisionsOf(operation), requires: requirementsOf(requires) };
}

/** Fetches of the planner contain no named fragments. */
function provisionsOf(operation: string): Selections {
  const [definition] = parse(operation, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return {};
  const selections = readSelections(definition.selectionSet);
  return selections['_entities'] ?? selections;
}

function readSelections(selectionSet: SelectionSetNode | undefined): Selections {
  return (selectionSet?.selections ?? []).map(readSelection).reduce(merge, {});
}

function readSelection(selection: SelectionNode): Selections {
  switch (selection.kind) {
    case Kind.FIELD:
      return { [(selection.alias ?? selection.name).value]: readSelections(selection.selectionSet) };
    case Kind.INLINE_FRAGMENT:
      return readSelections(selection.selectionSet);
    case Kind.FRAGMENT_SPREAD:
      return {};
    default:
      return selection satisfies never;
  }
}

function requirementsOf(selections: readonly RequiredSelection[]): Selections {
  return selections
    .map((selection) =>
      selection.kind === 'Field'
        ? { [selection.alias ?? selection.name]: requirementsOf(selection.selections ?? []) }
        : requirementsOf(selection.selections),
    )
    .reduce(merge, {});
}

function merge(one: Selections, other: Selections): Selections {
  const merged: Record<string, Selections> = { ...one };
  for (const [name, inner] of Object.entries(other)) merged[name] = merge(merged[name] ?? {}, inner);
  return merged;
}
