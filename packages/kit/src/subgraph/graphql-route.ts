import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  execute,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { SubgraphContext } from './authentication';
import { createDocumentCache, type DocumentCache } from './document-cache';

type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

interface GraphqlRouteOptions<Context extends SubgraphContext> {
  app: FastifyInstance;
  /** Started. Serves the requests that are not executed here. */
  apollo: ApolloServer<Context>;
  schema: GraphQLSchema;
  hasIntrospection: boolean;
  /** As that of `apollo`. */
  formatError: FormatError;
  context: (request: SubgraphContext) => Context;
}

/**
 * Serves /graphql. Operations in the form that the gateway sends are executed with a cached
 * document, queries also with cached selections, in less than half of the time of Apollo Server's
 * pipeline. Other or invalid requests are passed to Apollo Server before anything is executed.
 */
export function createGraphqlRoute<Context extends SubgraphContext>({
  app,
  apollo,
  schema,
  hasIntrospection,
  formatError,
  context,
}: GraphqlRouteOptions<Context>) {
  const documents = createDocumentCache(schema, { hasIntrospection });

  return async (request: FastifyRequest, reply: FastifyReply, base: SubgraphContext): Promise<unknown> => {
    const contextValue = context(base);
    const result = await executeRequest({ request, documents, schema, contextValue });
    if (!result) {
      const handler = fastifyApolloHandler(apollo, { context: async () => contextValue });
      return handler.call(app, request, reply);
    }
    if (base.answer.replayed) void reply.header('idempotent-replayed', 'true');
    void reply.header('content-type', 'application/json; charset=utf-8');
    return serialize(result, formatError);
  };
}

/** @returns undefined if nothing was executed: Apollo Server must handle the request */
async function executeRequest({
  request,
  documents,
  schema,
  contextValue,
}: {
  request: FastifyRequest;
  documents: DocumentCache;
  schema: GraphQLSchema;
  contextValue: object;
}): Promise<ExecutionResult | undefined> {
  const sent = readOperation(request);
  const known = sent && documents.find(sent.query);
  const operation = known?.operation(sent?.operationName);
  if (!known || !operation) return undefined;
  const { variables: variableValues, operationName } = sent;
  if (operation.query) return operation.query.execute(contextValue, variableValues);
  const { document } = known;
  const result = await execute({ schema, document, contextValue, variableValues, operationName });
  // Without data, no field was executed: the variables are invalid.
  return 'data' in result ? result : undefined;
}

interface Operation {
  query: string;
  variables: Record<string, unknown> | null | undefined;
  operationName: string | null | undefined;
}

/** @returns undefined for a request in another form than that of the gateway and the services */
function readOperation({ headers, body }: FastifyRequest): Operation | undefined {
  const { accept = '*/*', 'content-type': type = '' } = headers;
  const isJson = acceptedTypes.has(accept) && type.startsWith('application/json');
  if (!isJson || !isRecord(body)) return undefined;
  const { query, variables, operationName, extensions } = body;
  if (typeof query !== 'string' || !isAbsentOr(variables, isRecord)) return undefined;
  if (!isAbsentOr(operationName, isString) || !isAbsent(extensions)) return undefined;
  return { query, variables, operationName };
}

const acceptedTypes: ReadonlySet<string> = new Set(['*/*', 'application/json']);

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

const isString = (value: unknown): value is string => typeof value === 'string';

function isAbsentOr<T>(value: unknown, is: (value: unknown) => value is T): value is T | null | undefined {
  return isAbsent(value) || is(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function serialize({ data, errors }: ExecutionResult, formatError: FormatError): string {
  if (!errors) return JSON.stringify({ data });
  return JSON.stringify({ errors: errors.map((error) => formatError(withCode(error), error)), data });
}

/** As Apollo Server passes errors to `formatError`. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const { code = 'INTERNAL_SERVER_ERROR' } = error.extensions;
  return { ...error.toJSON(), extensions: { ...error.extensions, code } };
}
