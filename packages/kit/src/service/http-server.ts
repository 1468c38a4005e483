import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { enterRequestContext, isAcceptableRequestId } from '../request-context';

export interface HttpServerOptions {
  bodyLimitBytes?: number;
  /** Gives the request's own id if it came with one. Only for callers that are ours. */
  acceptRequestId?: boolean;
  /** Answers a request whose address cannot be decoded; it reaches no route, hook or error handler. */
  answerUnreadableUrl?: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
}

// Longer than any client pool keeps a connection idle, so that the server is never the one that closes it first.
const keepAliveTimeoutMs = 75_000;

/** Fastify with the settings that every process shares, a request id on each request and its answer. */
export function createHttpServer(options: HttpServerOptions = {}): FastifyInstance {
  const app = Fastify({
    bodyLimit: options.bodyLimitBytes ?? 256 * 1_024,
    keepAliveTimeout: keepAliveTimeoutMs,
    // The default answers 503 on existing connections once closing has begun: requests would fail in every restart.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ...(options.answerUnreadableUrl ? { frameworkErrors: options.answerUnreadableUrl } : {}),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return options.acceptRequestId !== false && isAcceptableRequestId(given) ? given : randomUUID();
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { authorization } = request.headers;
    enterRequestContext({ requestId: request.id, ...(authorization ? { authorization } : {}) });
    void reply.header('x-request-id', request.id);
    done();
  });
  return app;
}
