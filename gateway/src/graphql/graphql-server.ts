import { ApolloServer, type GraphQLRequest } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { Logger } from '@shop/kit/logger';
import { responseHeaders } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import { cacheResponses } from '../caching/response-cache';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { sandboxPage } from '../explorer/sandbox-page';
import { createCostLimit, limitCost } from '../limits/cost-limit';
import { documentLimits } from '../limits/document-limits';
import { limitErrors } from '../limits/error-limit';
import { createOperationGuard, guardOperations } from '../persisted/guard-operations';
import { clientNameHeader, resolvePersistedId } from '../persisted/persisted-id';
import type { PersistedOperations } from '../persisted/persisted-operations';
import { AcceptedDocuments, type DocumentReference } from './accepted-documents';
import { AcceptedOperations, type OperationResponse } from './accepted-operations';
import { rejectUnknownOperation, reportSchemaViolations, rootTypeRule } from './apollo-plugins';
import { checkVariables } from './check-variables';
import { formatGatewayError } from './format-error';
import { limitHashing } from './hashing-limit';
import { executeIntrospection } from './introspection';
import { measureOperations } from './measure-operations';
import { operationsOf } from './plannable-operations';
import type { ReloadingGateway } from '../supergraph/reloading-gateway';
import type { PlannableOperation } from '../execution/execution-request';

/** Of the parsed documents as JSON; in memory they are several times as large, see `PlanCache`. */
const documentBytes = 8 * 1_024 * 1_024;

/** Executes the operations of /graphql and of the REST facade. */
export interface GraphqlServer {
  /** For requests that need its HTTP layer. */
  apollo: ApolloServer<GatewayContext>;
  run(request: GraphQLRequest, contextValue: GatewayContext): Promise<OperationResponse>;
  /** The operations of the documents that were requested last. */
  recentOperations(): Promise<PlannableOperation[]>;
}

export function createGraphqlServer(options: {
  gateway: ReloadingGateway;
  persisted: PersistedOperations;
  settings: GatewaySettings;
  logger: Logger;
  app: FastifyInstance;
}): GraphqlServer {
  const { gateway, persisted, settings, logger, app } = options;
  const isProduction = settings.NODE_ENV === 'production';
  const executeCached = cacheResponses(gateway.execute, {
    hintsOf: (schema) => gateway.cacheHintsOf(schema),
    isOn: settings.RESPONSE_CACHE === 'on',
  });
  const execute = executeIntrospection(limitHashing(executeCached, settings));
  const guard = createOperationGuard(persisted, logger);
  const costLimit = createCostLimit(settings, (schema) => gateway.costsOf(schema));
  const formatError = formatGatewayError(logger);
  const documents = new AcceptedDocuments(() => gateway.schema);
  const apollo = new ApolloServer<GatewayContext>({
    gateway: gateway.withExecutor(execute),
    logger,
    introspection: !isProduction,
    // Suggestions of graphql-js for unknown names reveal the schema.
    hideSchemaDetailsFromClientErrors: isProduction,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    persistedQueries: { cache: persisted.registered },
    documentStore: new InMemoryLRUCache<DocumentNode>({ maxSize: documentBytes }),
    parseOptions: { maxTokens: settings.GRAPHQL_MAX_TOKENS },
    validationRules: [documentLimits(settings), rootTypeRule],
    // service.ts stops it when the process drains.
    stopOnTerminationSignals: false,
    // The default appends a newline.
    stringifyResult: (result) => JSON.stringify(result),
    formatError,
    plugins: [
      fastifyApolloDrainPlugin(app),
      isProduction ? ApolloServerPluginLandingPageDisabled() : sandboxPage(),
      resolvePersistedId(persisted),
      rejectUnknownOperation(),
      // Before checkVariables: an operation that is not listed gets no other error.
      guardOperations(guard),
      checkVariables({ hideSuggestions: isProduction }),
      limitCost(costLimit),
      responseHeaders(),
      reportSchemaViolations(logger),
      // Limits the errors that the other plugins add.
      limitErrors(),
      // Last, because it reads the errors of the response.
      measureOperations(persisted),
      documents.remember(),
    ],
  });
  const accepted = new AcceptedOperations({
    ...{ documents, execute, persisted, guard, costLimit, formatError, logger },
    hideSuggestions: isProduction,
  });

  return {
    apollo,
    recentOperations: async () => (await documents.recent()).flatMap(operationsOf),
    async run(request, contextValue) {
      const { operationName, variables, http } = request;
      const document = referenceOf(request, contextValue, persisted);
      const requested = { operationName, variables, isOfClient: http !== undefined };
      const known = document && (await accepted.run({ ...requested, document }, contextValue));
      return known ?? runByApollo(apollo, request, contextValue);
    },
  };
}

/** @returns undefined if the request registers a document: Apollo Server handles it */
function referenceOf(
  { query, http }: GraphQLRequest,
  { persistedId }: GatewayContext,
  { bodyOf }: PersistedOperations,
): DocumentReference | undefined {
  if (query) return persistedId === undefined ? { text: query } : undefined;
  if (persistedId === undefined) return undefined;
  const text = bodyOf(persistedId, http?.headers.get(clientNameHeader));
  return text === undefined ? { registeredId: persistedId } : { text };
}

async function runByApollo(
  apollo: ApolloServer<GatewayContext>,
  request: GraphQLRequest,
  contextValue: GatewayContext,
): Promise<OperationResponse> {
  const { body, http } = await apollo.executeOperation(request, { contextValue });
  if (body.kind !== 'single') throw new Error('The gateway executes no operation in parts.');
  return { status: http.status ?? 200, headers: http.headers, result: body.singleResult };
}
