import { type Operation, operationFromDocument, type Schema } from '@apollo/federation-internals';
// Not exported by the package, whose version is pinned.
import { computeResponse } from '@apollo/gateway/dist/resultShaping';
import { type DocumentNode, type GraphQLError, Kind, visit } from 'graphql';
import type { ExecutionRequest, Variables } from './execution-request';
import type { JsonObject } from './json-object';
import { compileProjection, type Projection } from './projection';

/** What the client selects of the fetched data. */
export interface ShapedResponse {
  data: JsonObject | null | undefined;
  /** Values that do not fit the schema. */
  violations: readonly GraphQLError[];
}

/** Each combination of the values of `@skip` and `@include` has a projection. */
const maximumProjections = 16;

/**
 * Shapes the responses of one operation. Data that fits the schema is copied by a compiled
 * projection; all other data is shaped by @apollo/gateway, which reports what does not fit.
 */
export class ResponseShape {
  private readonly conditionVariables: readonly string[];
  private readonly projections = new Map<string, Projection | undefined>();

  constructor(
    document: DocumentNode,
    private readonly apiSchema: Schema,
  ) {
    this.conditionVariables = conditionVariablesOf(document);
  }

  shape(request: ExecutionRequest, fetched: JsonObject, variables: Variables): ShapedResponse {
    const data = this.projectionFor(request, variables)?.(fetched);
    if (data) return { data, violations: [] };
    return shapeByApollo(operationOf(request, this.apiSchema), request, fetched);
  }

  private projectionFor(request: ExecutionRequest, variables: Variables): Projection | undefined {
    const key = this.conditionVariables.map((name) => String(variables.get(name))).join();
    if (this.projections.has(key)) return this.projections.get(key);
    const conditions = new Map<string, boolean>();
    for (const name of this.conditionVariables) {
      const value = variables.get(name);
      if (typeof value === 'boolean') conditions.set(name, value);
    }
    const projection = compileProjection(operationOf(request, this.apiSchema), conditions);
    if (this.projections.size >= maximumProjections) this.projections.clear();
    this.projections.set(key, projection);
    return projection;
  }
}

function conditionVariablesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Not kept, because it is larger than a plan. */
function operationOf({ document, request }: ExecutionRequest, apiSchema: Schema): Operation {
  return operationFromDocument(apiSchema, document, {
    ...(request.operationName ? { operationName: request.operationName } : {}),
    validate: false,
  });
}

function shapeByApollo(
  operation: Operation,
  { request }: ExecutionRequest,
  fetched: JsonObject,
): ShapedResponse {
  const { data, errors } = computeResponse({
    operation,
    variables: request.variables ?? {},
    input: fetched,
    introspectionHandling: () => {
      throw new Error('executeIntrospection executes the introspection fields.');
    },
  });
  return { data, violations: errors };
}
