import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { enterRequestContext, isAcceptableRequestId } from '../request-context';

export interface HttpServerOptions {
  /** Addresses and networks of proxies that may say, in X-Forwarded-For, where a request came from. Default nobody. */
  trustedProxies?: string[];
  /** Answers a request whose address cannot be decoded; it reaches no route, hook or error handler. */
  answerUnreadableUrl?: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
}

const bodyLimitBytes = 256 * 1_024;
// Longer than any client pool keeps a connection idle, so that the server is never the one that closes it first.
const keepAliveTimeoutMs = 75_000;

/** Fastify with the settings that every process shares; each request and its answer have an id, the caller's where it gave one. */
export function createHttpServer(options: HttpServerOptions = {}): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    trustProxy: options.trustedProxies?.length ? options.trustedProxies : false,
    keepAliveTimeout: keepAliveTimeoutMs,
    // The default answers 503 on existing connections once closing has begun: requests would fail in every restart.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ...(options.answerUnreadableUrl ? { frameworkErrors: options.answerUnreadableUrl } : {}),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return isAcceptableRequestId(given) ? given : randomUUID();
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    enterRequestContext({ requestId: request.id });
    void reply.header('x-request-id', request.id);
    done();
  });
  return app;
}
