import { context, propagation } from '@opentelemetry/api';

/**
 * The running trace as a W3C `traceparent`, to be stored with what happens later; undefined outside
 * any trace.
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
