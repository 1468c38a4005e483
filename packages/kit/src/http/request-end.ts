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
 * Runs in the asynchronous context of the request.
 *
 * @returns the listener for its end, which runs outside that context; undefined if there is none
 */
type BeginRequest = (request: FastifyRequest, reply: FastifyReply) => ((end: RequestEnd) => void) | undefined;

const begins = new WeakMap<FastifyInstance, BeginRequest[]>();

/**
 * Calls the listener that `begin` returns when the response has ended or its client has disconnected.
 * Not Fastify's hook onResponse, which does not run if the client disconnects.
 */
export function onRequestEnd(app: FastifyInstance, begin: BeginRequest): void {
  begins.set(app, [...(begins.get(app) ?? []), begin]);
  app.addHook('onRequest', (request, reply, done) => {
    observe(begin, request, reply);
    done();
  });
}

/** For a request that reaches no hook: calls what `onRequestEnd` has registered with the server. */
export function observeWithoutHooks(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  for (const begin of begins.get(app) ?? []) observe(begin, request, reply);
}

function observe(begin: BeginRequest, request: FastifyRequest, reply: FastifyReply): void {
  const listener = begin(request, reply);
  if (!listener) return;
  const startMs = performance.now();
  reply.raw.once('close', () =>
    listener({ durationMs: performance.now() - startMs, isAborted: !reply.raw.writableFinished }),
  );
}
