import { operationFromDocument, type Schema } from '@apollo/federation-internals';
// Not exported by the package, whose version is pinned.
import { computeResponse } from '@apollo/gateway/dist/resultShaping';
import type { GraphQLError } from 'graphql';
import type { JsonObject } from './json-object';
import type { ExecutionRequest } from './prepared-operation';

/** What the client selects of the fetched data. */
export interface ShapedResponse {
  data: JsonObject | null | undefined;
  /** Values that do not fit the schema. */
  violations: GraphQLError[];
}

/** Shapes fetched data as @apollo/gateway does. */
export function shapeResponse(
  { document, request }: ExecutionRequest,
  fetched: JsonObject,
  apiSchema: Schema,
): ShapedResponse {
  const { data, errors } = computeResponse({
    operation: operationFromDocument(apiSchema, document, {
      operationName: request.operationName ?? '',
      validate: false,
    }),
    variables: request.variables ?? {},
    input: fetched,
    introspectionHandling: () => {
      throw new Error('executeIntrospection executes the introspection fields.');
    },
  });
  return { data, violations: errors };
}
