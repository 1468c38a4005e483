import { fastifyApolloHandler } from '@as-integrations/fastify';
import { AppError, graphqlCodeOf, toGraphqlError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { runWithRequestContext } from '@shop/kit/request-context';
import { noteUnexpectedError } from '@shop/kit/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, type GatewayContext } from '../context';
import { addCachingHeaders } from '../http/caching-headers';
import { contentTag, isKnown } from '../http/entity-tag';
import { clientNameHeader, readPersistedId } from '../persisted/persisted-id';
import { isProblemCode, problemTypes } from '../rest/shapes/problem-types';
import { withTraceId } from './format-error';
import type { GraphqlServer } from './graphql-server';
import { executeJsonRequest } from './json-requests';

// Directives that the policy in the page of Apollo Sandbox cannot set or does not contain.
const sandboxPolicy = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** The content type depends on the first, the operation that an ID names on the second. */
const varying = ['accept', clientNameHeader];

/** /graphql: POST; GET for queries and, in a browser, for Apollo Sandbox. */
export function graphqlRoute(server: GraphqlServer, logger: Logger) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    const handle = fastifyApolloHandler(server.apollo, {
      context: async (request, reply) => {
        const context = graphqlContext(request, reply);
        answers.set(reply, context.answer);
        return context;
      },
    });
    const answers = new WeakMap<FastifyReply, GatewayContext['answer']>();
    app.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      handler: (request, reply) =>
        runWithRequestContext(
          { requestId: request.id },
          () =>
            executeJsonRequest(server, request, reply, () => graphqlContext(request, reply)) ??
            handle.call(app, forApollo(request), reply),
        ),
    });
    app.addHook('onSend', (request, reply, payload, sent) => {
      if (request.method === 'POST') return sent(null, payload);
      if (isPage(reply)) void reply.header('content-security-policy', sandboxPolicy);
      sent(null, conditional(request, reply, answers.get(reply), payload));
    });
    app.setErrorHandler<FastifyError | AppError>((error, _request, reply) => {
      if (error instanceof AppError) return reject(reply, error);
      const status = error.statusCode ?? 500;
      if (status >= 500) {
        noteUnexpectedError(error);
        logger.error('request failed', { error });
      }
      return reply.code(status).send({ errors: [withTraceId(unreadable(status, error.message))] });
    });
    done();
  };
}

function graphqlContext(request: FastifyRequest, reply: FastifyReply): GatewayContext {
  const persistedId = readPersistedId(request);
  const context = createContext(request, reply);
  return persistedId === undefined ? context : { ...context, persistedId };
}

/**
 * Passes HEAD as GET, because Apollo Server rejects HEAD; Fastify omits the body. The fixed host
 * and protocol are for the adapter, which builds a URL to parse the query string, and throws for an
 * invalid X-Forwarded-Host or X-Forwarded-Proto, or HTTP/1.0 without Host.
 */
function forApollo(request: FastifyRequest): FastifyRequest {
  return Object.create(request, {
    method: { value: request.method === 'HEAD' ? 'GET' : request.method },
    protocol: { value: 'http' },
    hostname: { value: 'localhost' },
  }) as FastifyRequest;
}

/**
 * Adds ETag and Cache-Control to a response that does not depend on the caller.
 *
 * @returns the body; null for 304
 */
function conditional(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: GatewayContext['answer'] | undefined,
  payload: unknown,
): unknown {
  if (answer?.maxAgeSeconds === undefined || reply.statusCode !== 200 || typeof payload !== 'string')
    return payload;
  const etag = contentTag(payload);
  void reply.header('etag', etag);
  addCachingHeaders(reply, answer.maxAgeSeconds, varying);
  if (!isKnown(request.headers['if-none-match'], etag)) return payload;
  void reply.code(304).removeHeader('content-type').removeHeader('content-length');
  // An empty text would get Content-Length: 0, and caches take that for the length of the response.
  // Fastify reads the length of the body for HEAD, and does not send it.
  return request.method === 'HEAD' ? payload : null;
}

function isPage(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/html');
}

/** Rejected by a hook, before Apollo Server. */
function reject(reply: FastifyReply, error: AppError): FastifyReply {
  const { code, message, retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  const { response } = toGraphqlError({ message }, error);
  return reply
    .code(isProblemCode(code) ? problemTypes[code].status : 500)
    .send({ errors: [withTraceId(response)] });
}

/** Rejected by Fastify: the body is too large or is not JSON. */
function unreadable(status: number, message: string) {
  if (status === 413) return { message, extensions: { code: graphqlCodeOf('payload_too_large') } };
  if (status < 500) return { message, extensions: { code: 'BAD_REQUEST' } };
  return { message: 'Internal error.', extensions: { code: graphqlCodeOf('internal') } };
}
