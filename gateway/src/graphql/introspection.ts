import { type DocumentNode, execute as executeBySchema, type OperationDefinitionNode } from 'graphql';
import type { Executor } from '../subgraphs/error-paths';
import type { Gateway } from '../supergraph/reloading-gateway';
import { type OperationDocument, RootSelections } from './root-selections';

type ExecutionRequest = Parameters<Executor>[0];
type Data = NonNullable<Awaited<ReturnType<Executor>>['data']>;

/**
 * Executes __schema and __type with graphql-js. The query planner has its own, older introspection
 * schema: it rejects newer fields (isOneOf, deprecated directives).
 */
export function withIntrospection(gateway: Gateway): Gateway {
  return {
    load: async (options) => {
      const { executor } = await gateway.load(options);
      return { executor: executingIntrospection(executor as Executor) };
    },
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
  };
}

function executingIntrospection(execute: Executor): Executor {
  return async (request) => {
    const parts = partsOf(request.document, request.operation);
    if (!parts) return execute(request);
    const introspection = await introspect(request, parts.introspection);
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

async function introspect({ schema, request, operation }: ExecutionRequest, document: DocumentNode) {
  return executeBySchema({
    ...{ schema, document },
    variableValues: request.variables ?? {},
    operationName: operation.name?.value ?? null,
  });
}

function merged(keys: readonly string[], ...parts: Data[]): Data {
  // No prototype, so that `__proto__` is a normal key.
  const data = Object.create(null) as Data;
  for (const key of keys) {
    for (const part of parts) if (Object.hasOwn(part, key)) data[key] = part[key] as unknown;
  }
  return data;
}

interface Parts {
  introspection: DocumentNode;
  /** The part for subgraphs; undefined if there is none. */
  rest?: OperationDocument;
  /** Response names of the operation's root fields, in order. */
  keys: readonly string[];
}

/** Keyed by document, because Apollo Server caches documents. */
const divided = new WeakMap<OperationDefinitionNode, Parts | 'no introspection'>();

function partsOf(document: DocumentNode, operation: OperationDefinitionNode): Parts | undefined {
  const known = divided.get(operation) ?? divide(document, operation) ?? 'no introspection';
  divided.set(operation, known);
  return known === 'no introspection' ? undefined : known;
}

function divide(document: DocumentNode, operation: OperationDefinitionNode): Parts | undefined {
  const root = new RootSelections(document, operation);
  if (!root.names.has('__schema') && !root.names.has('__type')) return undefined;
  const isAll = [...root.names].every((name) => name.startsWith('__'));
  if (isAll) return { introspection: document, keys: root.keys };
  return {
    introspection: root.documentOf(isIntrospection).document,
    rest: root.documentOf((name) => !isIntrospection(name)),
    keys: root.keys,
  };
}

function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
