import { context, propagation } from '@opentelemetry/api';

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
