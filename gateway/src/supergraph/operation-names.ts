import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  type VariableNode,
  visit,
} from 'graphql';
import type { ExecutionRequest, ExecutionResult } from '../execution/execution-request';
import type { Executor } from '../subgraphs/error-paths';
import { supergraphFields } from '../supergraph-fields';

/** No field name of the supergraph starts with this prefix. */
const prefix = 'client__';

/**
 * Renames aliases and variables that conflict with names of the query planner, and restores them in
 * the result.
 *
 * The planner fetches `__typename`, keys and `@requires` fields without aliases, sends keys as the
 * variable `representations`, and looks all of them up by name (@apollo/gateway 2.14). Without the
 * renaming, `{ order(id: …) { status: createdAt amountDue { … } } }` computes the amount due from
 * `createdAt`.
 */
export class DistinctNames {
  private readonly fieldNames: ReadonlySet<string>;
  private readonly renamedDocuments = new WeakMap<DocumentNode, DocumentNode>();

  /** @param supergraph that plans are made for: key fields may be missing in its API schema */
  constructor(supergraph: DocumentNode) {
    this.fieldNames = new Set(supergraphFields(supergraph).map(({ field }) => field.name.value));
  }

  /** @returns the same object if it has no such names */
  rename<Renamed extends Pick<ExecutionRequest, 'document' | 'operation'>>(request: Renamed): Renamed {
    const document = this.renamedDocument(request.document);
    if (document === request.document) return request;
    const index = request.document.definitions.indexOf(request.operation);
    return { ...request, document, operation: document.definitions[index] as OperationDefinitionNode };
  }

  /** @param execute for the supergraph */
  executor(execute: Executor): Executor {
    return async (request) => {
      const renamed = this.rename(request);
      if (renamed === request) return execute(request);
      return restoreResult(await execute(renameVariables(renamed)));
    };
  }

  private renamedDocument(document: DocumentNode): DocumentNode {
    const known = this.renamedDocuments.get(document);
    if (known) return known;
    const renamed = renameDocument(document, this.fieldNames);
    this.renamedDocuments.set(document, renamed);
    return renamed;
  }
}

/** @returns the same object if it has no such names */
function renameDocument(document: DocumentNode, fieldNames: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    Field(field): FieldNode | undefined {
      const alias = field.alias?.value;
      if (alias === undefined || alias === field.name.value || !isAmbiguous(alias, fieldNames))
        return undefined;
      return { ...field, alias: { kind: Kind.NAME, value: prefix + alias } };
    },
    Variable({ name: { value } }): VariableNode | undefined {
      const name = renamedVariable(value);
      return name === value ? undefined : { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } };
    },
  });
}

/** Aliases that already start with the prefix get it again, so that removal is unambiguous. */
function isAmbiguous(alias: string, fieldNames: ReadonlySet<string>): boolean {
  return fieldNames.has(alias) || alias.startsWith('__') || alias.startsWith(prefix);
}

function renamedVariable(name: string): string {
  return name === 'representations' || name.startsWith(prefix) ? prefix + name : name;
}

function renameVariables(context: ExecutionRequest): ExecutionRequest {
  const { request } = context;
  const variables = Object.fromEntries(
    Object.entries(request.variables ?? {}).map(([name, value]) => [renamedVariable(name), value as unknown]),
  );
  return { ...context, request: { ...request, variables } };
}

function restoreResult({ data, errors, extensions = {}, ...rest }: ExecutionResult): ExecutionResult {
  const incomplete = extensions['valueCompletion'] as readonly GraphQLFormattedError[] | undefined;
  if (incomplete) extensions['valueCompletion'] = incomplete.map(restoreError);
  return {
    ...rest,
    ...(data === undefined ? {} : { data: restoreData(data) as ExecutionResult['data'] }),
    ...(errors ? { errors: errors.map(restoreError) } : {}),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
  };
}

function restoreData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreData);
  if (typeof value !== 'object' || value === null) return value;
  // No prototype, so that `__proto__` is a normal key.
  const restored = Object.create(null) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value)) restored[restoreName(name)] = restoreData(inner);
  return restored;
}

function restoreName(name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function restoreError(error: GraphQLFormattedError | GraphQLError): GraphQLError {
  const { message, path, extensions } = error;
  const { nodes, source, positions, originalError } = error instanceof GraphQLError ? error : {};
  return new GraphQLError(message.replaceAll(`$${prefix}`, '$'), {
    ...{ source, positions, originalError, extensions },
    nodes: nodes?.map(restoreVariable),
    path: path?.map((key) => (typeof key === 'string' ? restoreName(key) : key)),
  });
}

/** Apollo Server detects variable errors by the variable's name in the message and the node. */
function restoreVariable(node: ASTNode): ASTNode {
  if (node.kind !== Kind.VARIABLE_DEFINITION) return node;
  const { name } = node.variable;
  return { ...node, variable: { ...node.variable, name: { ...name, value: restoreName(name.value) } } };
}
