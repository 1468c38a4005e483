import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { Logger } from '@shop/kit/logger';
import { responseHeaders } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { sandboxPage } from '../explorer/sandbox-page';
import { explainAbortedValidation } from '../limits/aborted-validation';
import { limitCost } from '../limits/cost-limit';
import { documentLimits } from '../limits/document-limits';
import { limitErrors } from '../limits/error-limit';
import { guardOperations } from '../persisted/guard-operations';
import type { PersistedOperations } from '../persisted/persisted-operations';
import { resolvePersistedId } from '../persisted/resolve-persisted-id';
import { refuseUnknownOperation, reportBrokenPromises } from './apollo-plugins';
import { checkVariables } from './check-variables';
import { formatGatewayError } from './format-error';
import { withHashingLimit } from './hashing-limit';
import { withIntrospection } from './introspection';
import type { ReloadingGateway } from '../supergraph/reloading-gateway';
import { rootTypeRule } from './root-type-rule';

/** Executes operations, those of /graphql and those of the REST facade alike. */
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
    gateway: withIntrospection(withHashingLimit(gateway, settings)),
    logger,
    introspection: !isProduction,
    // What graphql-js suggests for a name that is wrong is introspection by guesses.
    hideSchemaDetailsFromClientErrors: isProduction,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    persistedQueries: { cache: persisted.registered },
    parseOptions: { maxTokens: settings.GRAPHQL_MAX_TOKENS },
    validationRules: [documentLimits(settings), rootTypeRule],
    // The process owns the order of the drain.
    stopOnTerminationSignals: false,
    formatError: explainAbortedValidation(formatGatewayError(logger)),
    plugins: [
      fastifyApolloDrainPlugin(app),
      isProduction ? ApolloServerPluginLandingPageDisabled() : sandboxPage(),
      resolvePersistedId(persisted),
      refuseUnknownOperation(),
      // Before checkVariables: of an operation that is not listed, clients learn nothing else.
      guardOperations(persisted, logger),
      checkVariables({ hideSuggestions: isProduction }),
      limitCost(settings, (schema) => gateway.costsOf(schema)),
      responseHeaders(),
      reportBrokenPromises(logger),
      // Last, because it limits the errors that the other plugins leave.
      limitErrors(),
    ],
  });
}
