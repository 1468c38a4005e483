import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parse } from 'graphql';
import { type FindRevokedSessions, followRevokedSessions, type PublicKeys } from '../auth';
import type { ServiceEnvironment } from '../config';
import type { Logger } from '../logger';
import { serveMetrics } from '../metrics';
import { customScalars } from '../scalars';
import { answerHeaders, maskAndLog } from './apollo-plugins';
import { type AuthenticatedRoute, createAuthentication } from './authentication';
import { prepareDrain } from './drain';
import { isolateRepresentations } from './entity-representations';
import { addHealth } from './health';
import { createHttpServer } from './http-server';
import { askUserSubgraph } from './ask-user-subgraph';
import type { SubgraphContext } from './subgraph-context';
import { maskUnexpectedErrors } from './unexpected-errors';

export interface SubgraphOptions<Context extends SubgraphContext> {
  /** For example `product`: also the audience of the service credentials that it accepts. */
  name: string;
  environment: ServiceEnvironment;
  /** What access tokens are verified with; the keys at JWKS_URL when left out. */
  publicKeys?: PublicKeys;
  /** Which sessions were ended; the user subgraph is asked when left out. */
  findRevokedSessions?: FindRevokedSessions;
  logger: Logger;
  /** The subgraph's schema.graphql, as text. */
  typeDefs: string;
  /** Resolver map; the shared scalars are added here. */
  resolvers: object;
  /** Extends the context of one request: fresh loaders each time. */
  context: (request: SubgraphContext) => Context;
  /** Throws while the service cannot work, for example because its database does not answer. */
  checkReady: () => Promise<void>;
  /** Further routes; `authenticated` wraps those that are for services only. */
  routes?: (
    app: FastifyInstance,
    authenticated: (
      route: AuthenticatedRoute,
    ) => (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ) => void;
  /** Stops what is done besides requests (jobs, events) and finishes what is held; requests are still answered meanwhile. */
  finishWork?: () => Promise<void>;
  /** Runs after the last request was answered: close peers and pools. */
  onStop: () => Promise<void>;
}

export interface RunningService {
  /** http://host:port */
  url: string;
  stop(): Promise<void>;
}

/**
 * Of /graphql only. The gateway sends the keys and required fields of all entities in one request: 100 orders with 100 lines each
 * are 750 KB.
 */
const graphqlBodyLimitBytes = 4 * 1_024 * 1_024;

/** Serves one subgraph: /graphql for callers with a service credential, /healthz and /readyz for everybody. */
export async function startSubgraph<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): Promise<RunningService> {
  const { environment, logger } = options;
  const app = createHttpServer({ limits: environment });
  maskUnexpectedErrors(app, logger);
  const { HOST: host, METRICS_PORT: metricsPort } = environment;
  const metrics =
    metricsPort === undefined
      ? undefined
      : await serveMetrics(app, { host, port: metricsPort, limits: environment, logger });
  const drain = prepareDrain(app, {
    settings: environment,
    ...(options.finishWork && { finishWork: options.finishWork }),
    close: async () => {
      await apollo.stop();
      revokedSessions.stop();
      await options.onStop();
      await metrics?.close();
    },
  });
  addHealth(app, { checkReady: options.checkReady, isDraining: drain.isDraining, logger });
  const { findRevokedSessions: find = askUserSubgraph(options) } = options;
  const revokedSessions = followRevokedSessions({
    find,
    logger,
    everyMs: environment.REVOKED_SESSIONS_POLL_MS,
  });
  const authenticated = createAuthentication({ ...options, revokedSessions, service: options.name });
  const apollo = createApollo(options, app);
  await apollo.start();

  app.post(
    '/graphql',
    { bodyLimit: graphqlBodyLimitBytes },
    authenticated((request, reply, base) => {
      const context = () => Promise.resolve(options.context(base));
      return fastifyApolloHandler(apollo, { context }).call(app, request, reply) as Promise<unknown>;
    }),
  );
  options.routes?.(app, authenticated);

  const url = await app.listen({ host: environment.HOST, port: environment.PORT });
  logger.info('serving', { url });
  return { url, stop: drain.stop };
}

function createApollo<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
  app: FastifyInstance,
) {
  return new ApolloServer<Context>({
    schema: isolateRepresentations(
      buildSubgraphSchema({
        typeDefs: parse(options.typeDefs),
        resolvers: { ...options.resolvers, ...customScalars },
      }),
    ),
    introspection: options.environment.NODE_ENV !== 'production',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: maskAndLog(options.logger),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginLandingPageDisabled(),
      // Traces are OpenTelemetry's; this one would print a line of its own at the start.
      ApolloServerPluginInlineTraceDisabled(),
      answerHeaders<Context>(),
    ],
  });
}
