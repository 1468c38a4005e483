import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { AppError, errorRegistry, toGraphqlError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, type GatewayContext } from '../context';
import { readPersistedId } from '../persisted/persisted-id';

// Apollo Sandbox says in its page what it loads; this is what a page cannot say, or leaves out.
const sandboxPolicy = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** /graphql: POST for clients; GET for queries of clients and, in a browser, for Apollo Sandbox. */
export function graphqlRoute(apollo: ApolloServer<GatewayContext>, logger: Logger) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    const handle = fastifyApolloHandler(apollo, {
      context: (request, reply) => Promise.resolve(graphqlContext(request, reply)),
    });
    app.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      preValidation: (request, _reply, next) =>
        next(isReadableHost(request) ? undefined : new UnreadableHost()),
      handler: (request, reply) =>
        runWithRequestContext({ requestId: request.id }, () => handle.call(app, asGet(request), reply)),
    });
    app.addHook('onSend', (_request, reply, payload, sent) => {
      if (isPage(reply)) void reply.header('content-security-policy', sandboxPolicy);
      sent(null, payload);
    });
    app.setErrorHandler<FastifyError | AppError>((error, _request, reply) => {
      if (error instanceof AppError) return refuse(reply, error);
      const status = error.statusCode ?? 500;
      if (status >= 500) logger.error('request failed', { error });
      return reply.code(status).send({ errors: [unreadable(status, error.message)] });
    });
    done();
  };
}

function graphqlContext(request: FastifyRequest, reply: FastifyReply): GatewayContext {
  const persistedId = readPersistedId(request);
  const context = createContext(request, reply);
  return persistedId === undefined ? context : { ...context, persistedId };
}

/** Apollo Server answers HEAD with 405, so it is executed as GET; Fastify omits the body. */
function asGet(request: FastifyRequest): FastifyRequest {
  if (request.method !== 'HEAD') return request;
  return Object.create(request, { method: { value: 'GET' } }) as FastifyRequest;
}

/** The Apollo integration builds a URL from the host and would throw. */
function isReadableHost({ hostname }: FastifyRequest): boolean {
  return URL.canParse(`http://${hostname}/`);
}

class UnreadableHost extends Error {
  readonly statusCode = 400;

  constructor() {
    super('The Host header is not valid: send the host name and port of the server.');
  }
}

function isPage(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/html');
}

/** What this process refused before it asked Apollo. */
function refuse(reply: FastifyReply, error: AppError): FastifyReply {
  const { code, message, retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  const { answer } = toGraphqlError({ message }, error);
  return reply.code(errorRegistry[code].httpStatus).send({ errors: [answer] });
}

/** The request did not get as far as Apollo: its body is too large, or no JSON. */
function unreadable(status: number, message: string) {
  if (status === 413) return { message, extensions: { code: errorRegistry.payload_too_large.graphqlCode } };
  if (status < 500) return { message, extensions: { code: 'BAD_REQUEST' } };
  return { message: 'Internal error.', extensions: { code: errorRegistry.internal.graphqlCode } };
}
