import {
  type DocumentNode,
  execute as executeBySchema,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  separateOperations,
} from 'graphql';
import type { ExecutionRequest } from '../execution/execution-request';
import type { Executor } from '../subgraphs/error-paths';

type Data = NonNullable<Awaited<ReturnType<Executor>>['data']>;

/**
 * Executes __schema and __type with graphql-js. The query planner has its own, older introspection
 * schema: it rejects newer fields (isOneOf, deprecated directives).
 */
export function executeIntrospection(execute: Executor): Executor {
  return async (request) => {
    const parts = partsOf(request.document, request.operation);
    if (!parts) return execute(request);
    const introspection = await executeBySchema({
      schema: request.schema,
      document: parts.introspection,
      variableValues: request.request.variables ?? {},
      operationName: request.operation.name?.value ?? null,
    });
    if (!parts.rest || !introspection.data) return introspection;
    const rest = await execute({
      ...request,
      ...parts.rest,
      // The plan cache is keyed by queryHash.
      queryHash: `${request.queryHash} without introspection`,
    });
    return rest.data ? { ...rest, data: merged(parts.keys, introspection.data, rest.data) } : rest;
  };
}

function merged(keys: readonly string[], ...parts: Data[]): Data {
  // No prototype, so that `__proto__` is a normal key.
  const data = Object.create(null) as Data;
  for (const key of keys) {
    for (const part of parts) if (Object.hasOwn(part, key)) data[key] = part[key] as unknown;
  }
  return data;
}

/** One operation and the fragments that it uses. */
type OperationDocument = Pick<ExecutionRequest, 'document' | 'operation'>;

export function hasIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return partsOf(document, operation) !== undefined;
}

interface Parts {
  introspection: DocumentNode;
  /** The part for subgraphs; undefined if there is none. */
  rest?: OperationDocument;
  /** Response names of the operation's root fields, in order. */
  keys: readonly string[];
}

/** Keyed by operation, because Apollo Server caches documents. */
const knownParts = new WeakMap<OperationDefinitionNode, Parts | 'no introspection'>();

function partsOf(document: DocumentNode, operation: OperationDefinitionNode): Parts | undefined {
  const parts = knownParts.get(operation) ?? divide(document, operation) ?? 'no introspection';
  knownParts.set(operation, parts);
  return parts === 'no introspection' ? undefined : parts;
}

function divide(document: DocumentNode, operation: OperationDefinitionNode): Parts | undefined {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [],
    ),
  );
  const fields = rootFields(operation.selectionSet, fragments);
  if (!fields.some(isIntrospection)) return undefined;
  const keys = fields.map(({ alias, name }) => (alias ?? name).value);
  if (fields.every(({ name }) => name.value.startsWith('__'))) return { introspection: document, keys };
  const { document: introspection } = withRootFields(operation, fragments, isIntrospection);
  return {
    introspection,
    rest: withRootFields(operation, fragments, (field) => !isIntrospection(field)),
    keys,
  };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Includes those in fragments. Visits each fragment once. */
function rootFields(
  { selections }: SelectionSetNode,
  fragments: Fragments,
  visited = new Set<string>(),
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return rootFields(selection.selectionSet, fragments, visited);
    const name = selection.name.value;
    const fragment = visited.has(name) ? undefined : fragments.get(name);
    visited.add(name);
    return fragment ? rootFields(fragment.selectionSet, fragments, visited) : [];
  });
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

/** The operation reduced to the root fields that are kept. Visits each fragment once. */
function withRootFields(
  operation: OperationDefinitionNode,
  fragments: Fragments,
  isKept: (field: FieldNode) => boolean,
): OperationDocument {
  const visited = new Map<string, FragmentDefinitionNode | undefined>();

  function reduced({ selections }: SelectionSetNode): SelectionSetNode {
    return { kind: Kind.SELECTION_SET, selections: selections.flatMap(reducedSelection) };
  }

  function reducedSelection(selection: SelectionNode): SelectionNode[] {
    if (selection.kind === Kind.FIELD) return isKept(selection) ? [selection] : [];
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return reducedFragment(selection.name.value) ? [selection] : [];
    const selectionSet = reduced(selection.selectionSet);
    return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
  }

  function reducedFragment(name: string): FragmentDefinitionNode | undefined {
    const fragment = fragments.get(name);
    if (!fragment || visited.has(name)) return visited.get(name);
    const selectionSet = reduced(fragment.selectionSet);
    visited.set(name, selectionSet.selections.length > 0 ? { ...fragment, selectionSet } : undefined);
    return visited.get(name);
  }

  const part = { ...operation, selectionSet: reduced(operation.selectionSet) };
  const others = [...fragments].flatMap(([name, fragment]) =>
    visited.has(name) ? (visited.get(name) ?? []) : fragment,
  );
  // Unused fragments would be invalid.
  const separate = separateOperations({ kind: Kind.DOCUMENT, definitions: [part, ...others] });
  return { operation: part, document: separate[operation.name?.value ?? '']! };
}
