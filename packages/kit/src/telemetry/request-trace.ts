import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { runWithRequestContext, type ServedRequest, type TraceContext } from '../request-context';
import { epochMs, isRecording, recordEnded } from './span';
import { traceOfRequest } from './trace';
import { newSpanId, parseTraceparent } from './traceparent';

/** Requests of load balancers, probes and Prometheus, and polls between services, are not worth a trace. */
const operationalRoutes: ReadonlySet<string | undefined> = new Set([
  ...['/healthz', '/readyz', '/metrics', '/revoked-sessions'],
]);

/** A request that is being served while an exporter is configured. */
interface Serving {
  trace: TraceContext;
  parentSpanId: string | undefined;
  startMs: number;
  served: ServedRequest;
}

/**
 * Runs each request in a context with its ID and its trace: that of its `traceparent` header, or a
 * new one. The sampling decision is made here. If the trace is recorded, or the request fails
 * unexpectedly, the request becomes a SERVER span.
 *
 * @param isTrusted whether the sender decides about sampling
 * @returns the hook, for requests that reach no hook
 */
export function traceRequests(
  app: FastifyInstance,
  isTrusted: (request: FastifyRequest) => boolean,
): (request: FastifyRequest, reply: FastifyReply, serve: () => void) => void {
  const runInTraceOfRequest = (request: FastifyRequest, reply: FastifyReply, serve: () => void) => {
    const incoming = parseTraceparent(request.headers['traceparent']);
    const trace = traceOfRequest(incoming, () => isTrusted(request));
    if (!isRecording() || operationalRoutes.has(request.routeOptions.url)) {
      // Nothing is recorded, so the position in the trace remains that of the caller.
      runWithRequestContext({ requestId: request.id, trace }, serve);
      return;
    }
    const own = incoming ? { ...trace, spanId: newSpanId() } : trace;
    const served: ServedRequest = {};
    const serving = { trace: own, parentSpanId: incoming?.spanId, startMs: epochMs(), served };
    // Not the hook onResponse, which does not run if the client disconnects.
    reply.raw.once('close', () => recordServer(serving, request, reply));
    runWithRequestContext({ requestId: request.id, trace: own, served }, serve);
  };
  app.addHook('onRequest', runInTraceOfRequest);
  return runInTraceOfRequest;
}

/** Others are recorded as one, because a client can invent them. */
export const standardMethods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
]);

function recordServer(current: Serving, request: FastifyRequest, reply: FastifyReply): void {
  const { served, ...noted } = current;
  const { statusCode: status } = reply;
  const isAborted = !reply.raw.writableFinished;
  const errorType = served.errorType ?? (status >= 500 ? String(status) : undefined);
  // An aborted request is no failure: else a client could have its requests recorded at will.
  if (!noted.trace.sampled && (errorType === undefined || isAborted)) return;
  const { url: route } = request.routeOptions;
  const method = standardMethods.has(request.method) ? request.method : '_OTHER';
  recordEnded({
    ...noted,
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    attributes: {
      'http.request.method': method,
      ...(isAborted ? {} : { 'http.response.status_code': status }),
      'url.scheme': request.protocol === 'https' ? 'https' : 'http',
      ...(route === undefined ? {} : { 'http.route': route }),
    },
    errorType: isAborted ? 'aborted' : errorType,
  });
}
