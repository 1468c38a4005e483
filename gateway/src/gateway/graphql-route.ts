import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { errorRegistry } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyError, FastifyInstance } from 'fastify';
import { createContext, type GatewayContext } from '../context';

/** /graphql: POST for clients; GET for queries of clients and, in a browser, for Apollo Sandbox. */
export function graphqlRoute(apollo: ApolloServer<GatewayContext>, logger: Logger) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    const handle = fastifyApolloHandler(apollo, {
      context: (request, reply) => Promise.resolve(createContext(request, reply)),
    });
    app.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      handler: (request, reply) =>
        runWithRequestContext({ requestId: request.id }, () => handle.call(app, request, reply)),
    });
    app.setErrorHandler<FastifyError>((error, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) logger.error('request failed', { error });
      return reply.code(status).send({ errors: [unreadable(status, error.message)] });
    });
    done();
  };
}

/** The request did not get as far as Apollo: its body is too large, or no JSON. */
function unreadable(status: number, message: string) {
  if (status === 413) return { message, extensions: { code: errorRegistry.payload_too_large.graphqlCode } };
  if (status < 500) return { message, extensions: { code: 'BAD_REQUEST' } };
  return { message: 'Internal error.', extensions: { code: errorRegistry.internal.graphqlCode } };
}
