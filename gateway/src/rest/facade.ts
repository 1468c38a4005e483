import type { Logger } from '@shop/kit/logger';
import type { FastifyInstance } from 'fastify';
import type { GraphqlServer } from '../graphql/graphql-server';
import type { PaymentWebhooks } from '../subgraphs/payment-webhooks';
import { addDocs } from './docs';
import { createErrorHandler } from './http/failed-request';
import { readBodiesAsJson } from './http/request-body';
import { serveRoute } from './http/serve-route';
import { routes } from './routes/index';
import { serveWebhooks } from './routes/payments';

interface Facade {
  server: GraphqlServer;
  logger: Logger;
  webhooks: PaymentWebhooks;
}

/** Serves /v1 and its documentation. Every route but the webhooks' runs an operation of the graph: no rule lives here. */
export async function addRestFacade(
  app: FastifyInstance,
  { server, logger, webhooks }: Facade,
): Promise<void> {
  await app.register((scope, _options, done) => {
    readBodiesAsJson(scope);
    scope.setErrorHandler(createErrorHandler(logger));
    for (const route of routes) serveRoute(scope, route, server);
    done();
  });
  await app.register((scope, _options, done) => {
    scope.setErrorHandler(createErrorHandler(logger));
    serveWebhooks(scope, webhooks);
    done();
  });
  addDocs(app);
}
