import { bearerToken, requireUser } from '@shop/kit/auth';
import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, type GatewayContext } from '../../context';
import { addCachingHeaders } from '../../http/caching-headers';
import type { GraphqlServer } from '../../graphql/graphql-server';
import { RestMeDocument } from '../generated/operations';
import { nextLink, readIdempotencyKey, readQuery } from './parameters';
import { RestProblem } from './problem';
import { bodyUse, readBody } from './request-body';
import { noQuery, type RestResponse, type RestRequest, type Route, type RunOperation } from './route';
import { runOperation } from './run-operation';

/** Adds a Fastify route for a definition; failures are thrown to the scope's error handler. */
export function serveRoute(app: FastifyInstance, route: Route, server: GraphqlServer): void {
  const needsUser = route.access !== 'anyone';
  app.route({
    method: route.method,
    url: route.path,
    config: { restBody: bodyUse(route) },
    // Before the body is read and validated, which is more expensive.
    ...(needsUser ? { onRequest: rejectWithoutToken } : {}),
    handler: (request, reply) =>
      runWithRequestContext({ requestId: request.id }, async () => {
        const context = createContext(request, reply);
        const run: RunOperation = (document, variables) => runOperation(server, context, document, variables);
        try {
          const response = await route.handle(await readRequest(route, request, run));
          return await send(reply, response, context);
        } catch (error) {
          markReplay(reply, context);
          throw error;
        }
      }),
  });
}

function rejectWithoutToken(
  request: FastifyRequest,
  _reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const { authorization } = request.headers;
  if (bearerToken(authorization) !== undefined) return done();
  requireUser({ kind: 'anonymous', reason: authorization === undefined ? 'no_token' : 'invalid_token' });
}

/** @throws RestProblem unauthenticated, which takes precedence over validation errors */
async function readRequest(
  route: Route,
  request: FastifyRequest,
  run: RunOperation,
): Promise<RestRequest<Record<string, unknown>, unknown>> {
  try {
    return {
      id: (request.params as { id?: string }).id ?? '',
      query: readQuery(route.query ?? noQuery, request.query),
      body: readBody(route, request.body),
      header: (name) => request.headers[name],
      idempotencyKey:
        route.idempotencyKey === 'replayed'
          ? readIdempotencyKey(request.headers['idempotency-key'])
          : undefined,
      nextLink: (cursor) => nextLink(route.path, request.query as Record<string, string>, cursor),
      run,
    };
  } catch (error) {
    if (route.access !== 'anyone') await rejectInvalidToken(run);
    throw error;
  }
}

/** Only subgraphs verify tokens, so an invalid request queries `me` to check the token. */
async function rejectInvalidToken(run: RunOperation): Promise<void> {
  try {
    await run(RestMeDocument, {});
  } catch (error) {
    if (error instanceof RestProblem && error.code === 'unauthenticated') throw error;
  }
}

function send(reply: FastifyReply, response: RestResponse, context: GatewayContext): FastifyReply {
  markReplay(reply, context);
  // Responses without an ETag can depend on the token.
  if (response.headers?.etag) addCachingHeaders(reply, context.answer.maxAgeSeconds ?? 0);
  else void reply.header('cache-control', 'no-store');
  return reply
    .code(response.status)
    .headers(response.headers ?? {})
    .send(response.body);
}

function markReplay(reply: FastifyReply, context: GatewayContext): void {
  if (context.answer.replayed) void reply.header('idempotent-replayed', 'true');
}
