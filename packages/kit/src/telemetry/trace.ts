import { currentRequestContext, runWithTrace, type TraceContext } from '../request-context';
import { passOn, type Sampler } from './sampler';
import { isRecording } from './span';
import { formatTraceparent, newSpanId, newTraceId, parseTraceparent } from './traceparent';

let sampler: Sampler = passOn;

/** Decides about all traces from now on; `startTelemetry` calls it. */
export function useSampler(chosen: Sampler): void {
  sampler = chosen;
}

/** The position of the running code in its trace; undefined outside a trace. */
export function currentTrace(): TraceContext | undefined {
  return currentRequestContext()?.trace;
}

/**
 * The current trace as a W3C `traceparent`, for storage with later work; undefined outside a trace.
 */
export function currentTraceparent(): string | undefined {
  const trace = currentTrace();
  return trace && formatTraceparent(trace);
}

/**
 * The headers that continue the current trace in another service. Not for third parties: they would
 * learn which of their requests belong together.
 */
export function traceHeaders(trace = currentTrace()): { traceparent?: string } {
  return trace ? { traceparent: formatTraceparent(trace) } : {};
}

/**
 * Continues the trace that `traceparent` names: what `work` logs and calls belongs to it. If the
 * running code is in that trace already, it keeps its position.
 */
export function runInTrace<T>(traceparent: string | undefined, work: () => T): T {
  const stored = parseTraceparent(traceparent);
  if (!stored || stored.traceId === currentTrace()?.traceId) return work();
  return runWithTrace(continued(stored), work);
}

/**
 * Runs work that may belong to several requests, such as a batch, in their trace if they have one in
 * common. Else it belongs to no single trace: if traces are recorded, it starts one of its own, whose
 * spans can link to theirs.
 */
export function runInTraceOf<T>(traceparents: readonly (string | null | undefined)[], work: () => T): T {
  const ids = new Set(traceparents.map((traceparent) => parseTraceparent(traceparent)?.traceId));
  if (ids.size === 1 && !ids.has(undefined)) return runInTrace(traceparents[0] ?? undefined, work);
  return isRecording() ? runWithTrace(newTrace(), work) : work();
}

/**
 * `position` if it is in the trace of `traceparent`, else `traceparent`: of an event, the span that
 * published it is nearer to its receiver than the one that created it.
 */
export function nearerPosition(
  traceparent: string | undefined,
  position: string | undefined,
): string | undefined {
  const [created, later] = [parseTraceparent(traceparent), parseTraceparent(position)];
  return created && created.traceId === later?.traceId ? position : traceparent;
}

/** A trace that starts with work of this process. */
export function newTrace(): TraceContext {
  const traceId = newTraceId();
  return { traceId, spanId: newSpanId(), sampled: sampler.start(traceId, true) };
}

/**
 * The trace of a request: that of its `traceparent` header, or a new one.
 *
 * @param isTrusted whether the sender decides about sampling; else only its trace ID is used, so that
 *   a client cannot have its requests recorded at will
 */
export function traceOfRequest(incoming: TraceContext | undefined, isTrusted: () => boolean): TraceContext {
  if (!incoming) return newTrace();
  if (isTrusted()) return continued(incoming);
  return { ...incoming, sampled: sampler.start(incoming.traceId, false) };
}

function continued(trace: TraceContext): TraceContext {
  const sampled = sampler.continue(trace.traceId, trace.sampled);
  return sampled === trace.sampled ? trace : { ...trace, sampled };
}
