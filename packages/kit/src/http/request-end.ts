import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface RequestEnd {
  /** Since the request's headers arrived. */
  durationMs: number;
  /** The client disconnected before it had the whole response, so there is no status that it has seen. */
  isAborted: boolean;
}

/** The route's pattern, not the URL: each ID would create a time series. `none` without a route. */
export function routePatternOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
}

/**
 * Calls the listener that `begin` returns when the response has ended or its client has disconnected.
 * Not Fastify's hook onResponse, which does not run if the client disconnects.
 *
 * @param begin runs in the asynchronous context of the request, the listener outside it; undefined if
 *   the end of this request does not matter
 */
export function onRequestEnd(
  app: FastifyInstance,
  begin: (request: FastifyRequest, reply: FastifyReply) => ((end: RequestEnd) => void) | undefined,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const listener = begin(request, reply);
    if (listener) {
      const startMs = performance.now();
      reply.raw.once('close', () =>
        listener({ durationMs: performance.now() - startMs, isAborted: !reply.raw.writableFinished }),
      );
    }
    done();
  });
}
