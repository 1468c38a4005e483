import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { Logger } from '@shop/kit/logger';
import { answerHeaders } from '@shop/kit/service';
import type { FastifyInstance } from 'fastify';
import type { GatewaySettings } from '../config';
import type { GatewayContext } from '../context';
import { refuseUnknownOperation, reportBrokenPromises } from './apollo-plugins';
import { formatGatewayError } from './format-error';
import type { ReloadingGateway } from './reloading-gateway';

/** Executes operations, those of /graphql and those of the REST facade alike. */
export function createApolloServer(options: {
  gateway: ReloadingGateway;
  settings: GatewaySettings;
  logger: Logger;
  app: FastifyInstance;
}): ApolloServer<GatewayContext> {
  const { gateway, settings, logger, app } = options;
  return new ApolloServer<GatewayContext>({
    gateway,
    logger,
    introspection: settings.NODE_ENV !== 'production',
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    // The process owns the order of the drain.
    stopOnTerminationSignals: false,
    formatError: formatGatewayError(logger),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginLandingPageLocalDefault({ embed: { runTelemetry: false } }),
      refuseUnknownOperation(),
      answerHeaders(),
      reportBrokenPromises(logger),
    ],
  });
}
