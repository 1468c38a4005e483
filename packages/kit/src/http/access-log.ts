import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceEnvironment } from '../config';
import type { Logger } from '../logger';
import { currentTrace, type TraceContext } from '../telemetry';
import { onRequestEnd, type RequestEnd, routePatternOf } from './request-end';

declare module 'fastify' {
  interface FastifyRequest {
    /** The calling service according to its credential, for the access line. */
    callingService?: string;
  }
}

export type AccessLogSettings = Pick<ServiceEnvironment, 'ACCESS_LOG_SAMPLE' | 'ACCESS_LOG_SLOW_MS'>;

/** Requested every few seconds by orchestrators and Prometheus. */
const unlogged: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Writes an access line when a response has ended: for the sampled share of requests, and for each
 * that failed (5xx), was slow or was aborted by its client. The line has no personal data: the route's
 * pattern instead of the URL, no address, no user. Call it before the hooks that may reject requests.
 */
export function logRequests(
  app: FastifyInstance,
  options: {
    settings: AccessLogSettings;
    logger: Logger;
    /** Clients choose the trace IDs of their requests, so these must not decide. */
    isPublic?: boolean;
  },
): void {
  const { settings, logger, isPublic = false } = options;
  onRequestEnd(app, (request, reply) => {
    const route = routePatternOf(request);
    if (unlogged.has(route)) return undefined;
    const trace = currentTrace();
    const isIdTrusted = !isPublic || request.headers['traceparent'] === undefined;
    return (end) => {
      const ended = { ...end, route, trace, isIdTrusted };
      if (logger.isLevelEnabled('info') && isWritten(reply, ended, settings))
        logger.info('request', accessFields(request, reply, ended));
    };
  });
}

interface EndedRequest extends RequestEnd {
  route: string;
  trace: TraceContext | undefined;
  isIdTrusted: boolean;
}

function isWritten(
  { statusCode }: FastifyReply,
  ended: EndedRequest,
  { ACCESS_LOG_SAMPLE: sample, ACCESS_LOG_SLOW_MS: slowMs }: AccessLogSettings,
): boolean {
  return isSampled(ended, sample) || statusCode >= 500 || ended.durationMs >= slowMs || ended.isAborted;
}

/** By the trace ID, so that the processes of a request that have the same share agree. */
function isSampled({ trace, isIdTrusted }: EndedRequest, sample: number): boolean {
  if (sample === 0 || sample === 1) return sample === 1;
  const position =
    trace && isIdTrusted ? Number.parseInt(trace.traceId.slice(-8), 16) / 2 ** 32 : Math.random();
  return position < sample;
}

function accessFields(
  request: FastifyRequest,
  reply: FastifyReply,
  { route, trace, durationMs, isAborted }: EndedRequest,
): object {
  const { callingService: caller } = request;
  return {
    method: request.method,
    route,
    // An aborted request has no status that its client has seen.
    ...(isAborted ? { isAborted } : { status: reply.statusCode }),
    durationMs: Math.round(durationMs * 10) / 10,
    ...(caller === undefined ? {} : { caller }),
    request_id: request.id,
    ...(trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {}),
  };
}
