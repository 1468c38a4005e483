import type { Logger } from '@shop/kit/logger';
import { operationText } from '@shop/kit/operation-text';
import type { FastifyInstance } from 'fastify';
import { type DocumentNode, Kind } from 'graphql';
import type { GraphqlServer } from '../graphql/graphql-server';
import type { PaymentWebhooks } from '../subgraphs/payment-webhooks';
import { addDocs } from './docs';
import * as generated from './generated/operations';
import { createErrorHandler } from './http/failed-request';
import { readBodiesAsJson } from './http/request-body';
import { serveRoute } from './http/serve-route';
import { routes } from './routes/index';
import { serveWebhooks } from './routes/payments';

/** The texts of the operations that the routes run. */
export function facadeOperations(): string[] {
  const documents: readonly DocumentNode[] = Object.values(generated).filter(isDocument);
  return documents
    .filter(({ definitions }) => definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION))
    .map(operationText);
}

const isDocument = (value: unknown): value is DocumentNode =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT;

interface Facade {
  server: GraphqlServer;
  logger: Logger;
  webhooks: PaymentWebhooks;
}

/**
 * Serves /v1 and its documentation. Every route except the webhooks runs a GraphQL operation; the
 * facade contains no business rules.
 */
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
