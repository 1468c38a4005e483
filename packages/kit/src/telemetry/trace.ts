import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { type Context, context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Runs each request in the trace that its `traceparent` header names, or in a new one. Requests
 * that the HTTP instrumentation has put into a trace are left there.
 */
export function continueTraces(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (trace.getSpan(context.active())) done();
    else context.with(incomingTrace(request.headers), done);
  });
}

function incomingTrace(headers: FastifyRequest['headers']): Context {
  const incoming = propagation.extract(ROOT_CONTEXT, headers);
  if (trace.getSpanContext(incoming)) return incoming;
  const ids = randomBytes(24).toString('hex');
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId: ids.slice(0, 32), spanId: ids.slice(32) },
    traceFlags: TraceFlags.NONE,
  });
}

/** A request of undici, or of Node's fetch, which is built on it. */
interface UndiciRequest {
  addHeader(name: string, value: string): void;
}

const requestSetter = {
  set: (request: UndiciRequest, name: string, value: string) => request.addHeader(name, value),
};

/** Adds the trace of the running code to each request of undici or fetch. */
export function injectTraceIntoRequests(): void {
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: UndiciRequest };
    propagation.inject(context.active(), request, requestSetter);
  });
}

/**
 * The current trace as a W3C `traceparent`, for storage with later work; undefined outside a trace.
 */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Continues the trace that `traceparent` names: what `work` logs and calls belongs to it. */
export function runInTrace<T>(traceparent: string | undefined, work: () => T): T {
  if (traceparent === undefined) return work();
  return context.with(propagation.extract(context.active(), { traceparent }), work);
}
