import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import {
  createServiceCredentials,
  type FindRevokedSessions,
  type IdentityService,
  pollRevokedSessions,
  type PublicKeys,
  remoteRevokedSessions,
} from '../auth';
import type { ServiceEnvironment } from '../config';
import { logRequests } from '../http/access-log';
import { addHealth, hashOfSchema } from '../http/health';
import { createHttpServer } from '../http/http-server';
import { measureRequests, serveMetrics } from '../http/metrics-server';
import { maskUnexpectedErrors } from '../http/unexpected-errors';
import type { Logger } from '../logger';
import { prepareDrain } from '../process/drain';
import type { RunningService } from '../process/run-process';
import { customScalars } from '../scalars';
import { maskAndLog, responseHeaders } from './apollo-plugins';
import { type AuthenticatedRoute, createAuthentication, type SubgraphContext } from './authentication';
import { isolateRepresentations } from './entity-representations';
import { createGraphqlRoute } from './graphql-route';

/** Parts that have been started; they are stopped in reverse order, also if the start fails. */
export interface Lifetime {
  /** Background work (pollers, events): stopped first, while requests are still served. */
  background: AsyncDisposableStack;
  /** Resources of requests (pools, peers): closed after the last response. */
  resources: AsyncDisposableStack;
}

export interface SubgraphOptions<Context extends SubgraphContext> {
  /** For example `product`; also the audience of the service credentials that it accepts. */
  name: string;
  settings: ServiceEnvironment;
  identity: IdentityService;
  logger: Logger;
  /** The subgraph's schema.graphql, as text. */
  typeDefs: string;
  /** Resolver map; the shared scalars are added here. */
  resolvers: object;
  /** Runs before the port is opened; registers with the lifetime the parts to stop. */
  create: (lifetime: Lifetime) => SubgraphParts<Context> | Promise<SubgraphParts<Context>>;
}

export interface SubgraphParts<Context extends SubgraphContext> {
  /** Extends the context of one request, for example with new loaders. */
  context: (request: SubgraphContext) => Context;
  /** Throws if the service is not ready, for example because its database is unavailable. */
  checkReady?: () => Promise<void>;
  /** Keys that verify access tokens; default: the keys at JWKS_URL. */
  publicKeys?: PublicKeys;
  /** Ended sessions; default: polled at the identity service. */
  findRevokedSessions?: FindRevokedSessions;
  /** Further routes; `authenticated` wraps internal ones. */
  routes?: (
    app: FastifyInstance,
    authenticated: (
      route: AuthenticatedRoute,
    ) => (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ) => void;
}

/**
 * Body limit of /graphql. The gateway sends the keys and required fields of all entities in one
 * request: 100 orders with 100 lines each are 750 KB.
 */
const graphqlBodyLimitBytes = 4 * 1_024 * 1_024;

/**
 * Serves one subgraph: /graphql for callers with a service credential, /healthz and /readyz for all
 * callers. If the start fails, all started parts are stopped.
 */
export async function startSubgraph<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): Promise<RunningService> {
  const { settings, logger } = options;
  const background = new AsyncDisposableStack();
  const resources = new AsyncDisposableStack();
  const app = createHttpServer({ limits: settings });
  const drain = prepareDrain(app, {
    settings,
    finishWork: () => background.disposeAsync(),
    close: () => resources.disposeAsync(),
  });
  try {
    const parts = await options.create({ background, resources });
    await addRoutes({ app, options, parts, resources, isDraining: drain.isDraining });
    const url = await app.listen({ host: settings.HOST, port: settings.PORT });
    logger.info('serving', { url });
    return { url, stop: drain.stop };
  } catch (error) {
    await drain.stopNow().catch((cause: unknown) => logger.error('stopping failed', { error: cause }));
    throw error;
  }
}

async function addRoutes<Context extends SubgraphContext>(input: {
  app: FastifyInstance;
  options: SubgraphOptions<Context>;
  parts: SubgraphParts<Context>;
  resources: AsyncDisposableStack;
  isDraining: () => boolean;
}): Promise<void> {
  const { app, options, parts, resources, isDraining } = input;
  const { name, settings, identity, logger } = options;
  const { context, routes, publicKeys, checkReady = () => Promise.resolve() } = parts;
  maskUnexpectedErrors(app, logger);
  logRequests(app, { settings, logger });
  if (settings.METRICS_PORT !== undefined) {
    measureRequests(app);
    const metrics = await serveMetrics({ settings, logger });
    resources.defer(() => metrics.close());
  }
  addHealth(app, { checkReady, isDraining, schemaHash: hashOfSchema(options.typeDefs), logger });
  const { findRevokedSessions: find = requestIdentityService(options) } = parts;
  const revokedSessions = pollRevokedSessions({
    find,
    logger,
    everyMs: settings.REVOKED_SESSIONS_POLL_MS,
  });
  resources.defer(async () => revokedSessions.stop());
  const authenticated = createAuthentication({
    ...{ service: name, environment: settings, roles: identity.roles, publicKeys, revokedSessions, logger },
  });
  const schema = isolateRepresentations(
    buildSubgraphSchema({
      typeDefs: parse(options.typeDefs),
      resolvers: { ...options.resolvers, ...customScalars },
    }),
  );
  const formatError = maskAndLog(logger);
  const hasIntrospection = settings.NODE_ENV !== 'production';
  const apollo = createApollo<Context>({ schema, app, formatError, hasIntrospection });
  await apollo.start();
  resources.defer(() => apollo.stop());

  app.post(
    '/graphql',
    { bodyLimit: graphqlBodyLimitBytes },
    authenticated(createGraphqlRoute({ app, apollo, schema, hasIntrospection, formatError, context })),
  );
  routes?.(app, authenticated);
}

/** Polls ended sessions at the identity service; by default at the origin of JWKS_URL. */
function requestIdentityService({
  name,
  settings,
  identity,
}: Pick<SubgraphOptions<SubgraphContext>, 'name' | 'settings' | 'identity'>): FindRevokedSessions {
  const { JWKS_URL, REVOKED_SESSIONS_URL, SERVICE_KEY_FILE: keyFile } = settings;
  const credentials = createServiceCredentials({ service: name, keyFile });
  const url = REVOKED_SESSIONS_URL ?? new URL('/revoked-sessions', JWKS_URL).href;
  return remoteRevokedSessions(url, () => credentials.for(identity.name));
}

function createApollo<Context extends SubgraphContext>({
  schema,
  app,
  formatError,
  hasIntrospection,
}: {
  schema: GraphQLSchema;
  app: FastifyInstance;
  formatError: ReturnType<typeof maskAndLog>;
  hasIntrospection: boolean;
}) {
  return new ApolloServer<Context>({
    schema,
    introspection: hasIntrospection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    stringifyResult: (result) => JSON.stringify(result),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginLandingPageDisabled(),
      // OpenTelemetry does the tracing; this plugin would print a line at the start.
      ApolloServerPluginInlineTraceDisabled(),
      // It wraps each resolver, to set a header that the gateway does not use.
      ApolloServerPluginCacheControlDisabled(),
      responseHeaders<Context>(),
    ],
  });
}
