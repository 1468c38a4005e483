import type { ApolloServer } from '@apollo/server';
import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, type GatewayContext } from '../context';
import { readIdempotencyKey } from './idempotency-key';
import { readQuery } from './query-parameters';
import { bodyUse, readBody } from './request-body';
import { noQuery, type RestAnswer, type RestRequest, type Route } from './route';
import { runOperation } from './run-operation';

/** Makes a Fastify route of a definition; failures are thrown to the scope's error handler. */
export function serveRoute(app: FastifyInstance, route: Route, apollo: ApolloServer<GatewayContext>): void {
  app.route({
    method: route.method,
    url: route.path,
    config: { restBody: bodyUse(route) },
    handler: (request, reply) =>
      runWithRequestContext({ requestId: request.id }, async () => {
        const context = createContext(request, reply);
        try {
          const answer = await route.handle(readRequest(route, request, apollo, context));
          return await send(reply, answer, context);
        } catch (error) {
          markReplay(reply, context);
          throw error;
        }
      }),
  });
}

function readRequest(
  route: Route,
  request: FastifyRequest,
  apollo: ApolloServer<GatewayContext>,
  context: GatewayContext,
): RestRequest<Record<string, unknown>, unknown> {
  const { headers } = request;
  return {
    id: (request.params as { id?: string }).id ?? '',
    query: readQuery(route.query ?? noQuery, request.query),
    body: readBody(route, request.body),
    url: request.url,
    header: (name) => headers[name],
    idempotencyKey:
      route.idempotencyKey === 'replayed' ? readIdempotencyKey(headers['idempotency-key']) : undefined,
    run: (document, variables) => runOperation(apollo, context, document, variables),
  };
}

function send(reply: FastifyReply, answer: RestAnswer, context: GatewayContext): FastifyReply {
  markReplay(reply, context);
  // Whose answer it is depends on the token: nothing in between may keep it. A product may be kept, but is asked for anew.
  void reply.header('cache-control', answer.headers?.etag ? 'no-cache' : 'no-store');
  return reply
    .code(answer.status)
    .headers(answer.headers ?? {})
    .send(answer.body);
}

function markReplay(reply: FastifyReply, context: GatewayContext): void {
  if (context.answer.replayed) void reply.header('idempotent-replayed', 'true');
}
