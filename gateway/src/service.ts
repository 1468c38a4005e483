import { createServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import {
  createHttpServer,
  logRequests,
  prepareDrain,
  type RunningService,
  runService,
} from '@shop/kit/service';
import { type GatewaySettings, loadSettings, subgraphUrls } from './config';
import { addExplorer } from './explorer/explorer';
import { createGraphqlServer } from './graphql/graphql-server';
import { graphqlRoute } from './graphql/graphql-route';
import { operationsOfTexts } from './graphql/plannable-operations';
import { createPaymentWebhooks } from './subgraphs/payment-webhooks';
import { openSupergraph } from './supergraph/supergraph';
import { compressResponses } from './http/compression';
import { addJwksRoute } from './http/jwks-route';
import { addHealthRoutes, exposeMetrics } from './http/operational-routes';
import { addRootPage } from './http/root-page';
import { startSubgraphProbes } from './subgraphs/subgraph-probes';
import { limitRates } from './http/rate-limit';
import { collectRouteMethods } from './http/route-methods';
import { protectWebPages } from './http/web-pages';
import { openPersistedOperations } from './persisted/persisted-operations';
import { addRestFacade, facadeOperations } from './rest/facade';
import { createErrorHandler, rejectUnmatched } from './rest/http/failed-request';

/** Serves /graphql, the REST facade and the operational routes on one port. */
export async function startGateway(settings: GatewaySettings, logger: Logger): Promise<RunningService> {
  const persisted = await openPersistedOperations(settings, logger);
  const supergraph = await openSupergraph(settings, logger);
  const app = createHttpServer({
    limits: settings,
    trustedProxies: settings.TRUST_PROXY,
    isPublic: true,
  });
  const drain = prepareDrain(app, {
    settings,
    close: async () => {
      await server.apollo.stop();
      probes.stop();
      persisted.close();
      await Promise.all([metrics.close(), supergraph.close(), webhooks.close()]);
    },
  });
  const methods = collectRouteMethods(app);
  app.setErrorHandler(createErrorHandler(logger));
  logRequests(app, { settings, logger, isPublic: true });
  const probes = startSubgraphProbes(subgraphUrls(settings));
  const metrics = await exposeMetrics(app, settings, logger);
  addHealthRoutes(app, { probes, supergraph: supergraph.state, isDraining: drain.isDraining });
  addJwksRoute(app, settings.JWKS_URL);
  await protectWebPages(app, settings, methods);
  await compressResponses(app);
  limitRates(app, settings, logger);
  rejectUnmatched(app, methods);

  const webhooks = createPaymentWebhooks({
    url: settings.PAYMENT_URL,
    credentials: createServiceCredentials({ service: 'gateway', keyFile: settings.SERVICE_KEY_FILE }),
    timeoutMs: settings.SUBGRAPH_TIMEOUT_MS,
    logger,
  });
  const server = createGraphqlServer({ gateway: supergraph.gateway, persisted, settings, logger, app });
  await server.apollo.start();
  await app.register(graphqlRoute(server, logger));
  const isProduction = settings.NODE_ENV === 'production';
  addRootPage(app, { isProduction });
  if (!isProduction) await addExplorer(app, () => supergraph.gateway.schema);
  await addRestFacade(app, { server, logger, webhooks });

  const listed = operationsOfTexts([...facadeOperations(), ...persisted.bodies]);
  await supergraph.planAhead(listed, async () => [...listed, ...(await server.recentOperations())]);
  const url = await app.listen({ host: settings.HOST, port: settings.PORT });
  logger.info('serving', { url });
  return { url, stop: drain.stop };
}

export function run(): Promise<void> {
  return runService({ name: 'gateway', loadSettings: () => loadSettings(), start: startGateway });
}
