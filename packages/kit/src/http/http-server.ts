import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServiceEnvironment } from '../config';
import { AppError } from '../errors';
import { isAcceptableRequestId } from '../request-context';
import { traceRequests } from '../telemetry';
import { respondToUnparsedRequests, sendClientError, trackResponses } from './client-errors';
import { readBodiesAsUtf8, rejectMalformedRequests } from './malformed-requests';
import { observeWithoutHooks } from './request-end';

/** Time limits of a request, and the maximum number of open connections. */
export type ConnectionLimits = Pick<
  ServiceEnvironment,
  'HTTP_HEADERS_TIMEOUT_MS' | 'HTTP_REQUEST_TIMEOUT_MS' | 'HTTP_MAX_CONNECTIONS'
>;

export interface HttpServerOptions {
  limits: ConnectionLimits;
  /** Addresses and networks of proxies whose X-Forwarded-For header is trusted. Default: none. */
  trustedProxies?: string[];
  /**
   * Whether anybody can send requests. Then only a trusted proxy decides whether a trace is recorded;
   * of another client's `traceparent` only the trace ID is used. Default false.
   */
  isPublic?: boolean;
}

/** Limit of a route that sets none. */
const bodyLimitBytes = 256 * 1_024;
// Longer than any client pool keeps a connection idle, so that the server is never the one that
// closes it first.
const keepAliveTimeoutMs = 75_000;
// Closes connections without reads or writes, such as clients that do not read the response.
const idleSocketTimeoutMs = 120_000;
// Node checks request timeouts at this interval; its default is 30 s.
const timeoutCheckMs = 1_000;
// Node's limit for all headers, so that a long ID in a path is 404 like any unknown ID.
const maxParamLength = 16_384;

/**
 * Creates a Fastify server with the settings of all processes. Each request and its response have a
 * request ID: the caller's, or a new one.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { limits, trustedProxies, isPublic = false } = options;
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    trustProxy: trustedProxies?.length ? trustedProxies : false,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: idleSocketTimeoutMs,
    requestTimeout: limits.HTTP_REQUEST_TIMEOUT_MS,
    http: {
      requestTimeout: limits.HTTP_REQUEST_TIMEOUT_MS,
      headersTimeout: Math.min(limits.HTTP_HEADERS_TIMEOUT_MS, limits.HTTP_REQUEST_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(timeoutCheckMs, limits.HTTP_HEADERS_TIMEOUT_MS),
      // `rejectMalformedRequests` checks the Host header; Node's own response has no body.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength },
    // The default returns 503 on existing connections once closing has started, so requests would
    // fail in every restart.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: sendClientError,
    // Hooks do not run for a URL whose path cannot be decoded.
    frameworkErrors: (_error, request, reply) =>
      runInTrace(request, reply, () => rejectUnreadableUrl(app, request, reply)),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return isAcceptableRequestId(given) ? given : randomUUID();
    },
  });
  app.server.maxConnections = limits.HTTP_MAX_CONNECTIONS;
  respondToUnparsedRequests(app.server);
  trackResponses(app.server);
  const runInTrace = traceRequests(app, (request) => !isPublic || isFromTrustedProxy(request));
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  rejectMalformedRequests(app);
  readBodiesAsUtf8(app);
  return app;
}

function rejectUnreadableUrl(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): void {
  observeWithoutHooks(app, request, reply);
  void reply.header('x-request-id', request.id);
  const error = new AppError('bad_request', 'The path of the URL is not percent-encoded UTF-8.');
  app.errorHandler(error, request, reply);
}

/** Fastify's list is longer than one address only if the sender is a trusted proxy that has named its client. */
function isFromTrustedProxy({ ips = [] }: FastifyRequest): boolean {
  return ips.length > 1;
}
