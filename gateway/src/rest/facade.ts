import type { ApolloServer } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import type { FastifyInstance } from 'fastify';
import type { GatewayContext } from '../context';
import { addDocs } from './docs';
import { answerFailure } from './failed-request';
import { readBodiesAsJson } from './request-body';
import { routes } from './routes';
import { serveRoute } from './serve-route';

/** Serves /v1 and its documentation. Every route runs an operation of the graph: no rule lives here. */
export async function addRestFacade(
  app: FastifyInstance,
  { apollo, logger }: { apollo: ApolloServer<GatewayContext>; logger: Logger },
): Promise<void> {
  await app.register((scope, _options, done) => {
    readBodiesAsJson(scope);
    scope.setErrorHandler(answerFailure(logger));
    for (const route of routes) serveRoute(scope, route, apollo);
    done();
  });
  await addDocs(app);
}
