import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { Logger } from '@shop/kit/logger';
import { responseHeaders } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { sandboxPage } from '../explorer/sandbox-page';
import { limitCost } from '../limits/cost-limit';
import { documentLimits } from '../limits/document-limits';
import { limitErrors } from '../limits/error-limit';
import { guardOperations } from '../persisted/guard-operations';
import { resolvePersistedId } from '../persisted/persisted-id';
import type { PersistedOperations } from '../persisted/persisted-operations';
import { rejectUnknownOperation, reportSchemaViolations, rootTypeRule } from './apollo-plugins';
import { checkVariables } from './check-variables';
import { formatGatewayError } from './format-error';
import { limitHashing } from './hashing-limit';
import { executeIntrospection } from './introspection';
import { measureOperations } from './measure-operations';
import type { ReloadingGateway } from '../supergraph/reloading-gateway';

/** Of the parsed documents as JSON, which is a fraction of what they take in memory; see `PlanCache`. */
const documentBytes = 8 * 1_024 * 1_024;

/** Executes the operations of /graphql and of the REST facade. */
export function createApolloServer(options: {
  gateway: ReloadingGateway;
  persisted: PersistedOperations;
  settings: GatewaySettings;
  logger: Logger;
  app: FastifyInstance;
}): ApolloServer<GatewayContext> {
  const { gateway, persisted, settings, logger, app } = options;
  const isProduction = settings.NODE_ENV === 'production';
  return new ApolloServer<GatewayContext>({
    gateway: gateway.withExecutor((execute) => executeIntrospection(limitHashing(execute, settings))),
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
    // The default formats responses for people.
    stringifyResult: (result) => JSON.stringify(result),
    formatError: formatGatewayError(logger),
    plugins: [
      fastifyApolloDrainPlugin(app),
      isProduction ? ApolloServerPluginLandingPageDisabled() : sandboxPage(),
      resolvePersistedId(persisted),
      rejectUnknownOperation(),
      // Before checkVariables: an operation that is not listed gets no other error.
      guardOperations(persisted, logger),
      checkVariables({ hideSuggestions: isProduction }),
      limitCost(settings, (schema) => gateway.costsOf(schema)),
      responseHeaders(),
      reportSchemaViolations(logger),
      // Limits the errors that the other plugins add.
      limitErrors(),
      // Last, because it reads the errors of the response.
      measureOperations(persisted),
    ],
  });
}
