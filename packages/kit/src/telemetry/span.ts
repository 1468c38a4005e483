import { currentRequestContext, runWithTrace, type TraceContext } from '../request-context';
import { type SpanAttributes, errorTypeOf } from './attributes';
import { newSpanId, parseTraceparent } from './traceparent';

type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span that has ended. Times are milliseconds since the Unix epoch. */
export interface EndedSpan {
  name: string;
  kind: SpanKind;
  trace: TraceContext;
  parentSpanId: string | undefined;
  startMs: number;
  endMs: number;
  attributes: SpanAttributes;
  links: readonly TraceContext[];
  /** Class or code of the error; undefined if there was none. */
  errorType: string | undefined;
}

let record: ((span: EndedSpan) => void) | undefined;

/** Where ended spans go from now on; undefined: nowhere. `startTelemetry` calls it. */
export function recordSpans(recorder: typeof record): void {
  record = recorder;
}

/** Whether an exporter is configured, so that sampled traces are recorded. */
export function isRecording(): boolean {
  return record !== undefined;
}

interface SpanOptions {
  kind: SpanKind;
  attributes?: SpanAttributes;
  /**
   * Traceparents of what the work belongs to, for example of the events of a batch. The parent of the
   * span is left out.
   */
  links?: readonly (string | null | undefined)[];
}

/** A span in progress. It does not exist unless its trace is sampled and an exporter is configured. */
export class Span {
  private readonly startMs = epochMs();
  private readonly attributes: SpanAttributes;
  private errorType: string | undefined;

  constructor(
    private readonly name: string,
    private readonly options: SpanOptions,
    private readonly parent: TraceContext,
    readonly trace: TraceContext = { ...parent, spanId: newSpanId() },
  ) {
    this.attributes = { ...options.attributes };
  }

  set(attributes: SpanAttributes): void {
    Object.assign(this.attributes, attributes);
  }

  /** @param error the error, or its code */
  fail(error: unknown): void {
    this.errorType = errorTypeOf(error);
  }

  end(): void {
    const { name, options, parent, trace, startMs, attributes, errorType } = this;
    const { kind, links = [] } = options;
    record?.({
      ...{ name, kind, trace, startMs, attributes, errorType },
      parentSpanId: parent.spanId,
      endMs: epochMs(),
      links: [...new Set(links)]
        .flatMap((link) => parseTraceparent(link) ?? [])
        .filter(({ spanId }) => spanId !== parent.spanId),
    });
  }
}

/**
 * Starts a span below the current one, for work whose calls need no position of their own, or get it
 * from `span.trace`. End it in `finally`.
 *
 * @param parent its position, for work that may run in another context; default: the current one
 * @returns undefined if the trace is not recorded
 */
export function startSpan(
  name: string,
  options: SpanOptions,
  parent = currentRequestContext()?.trace,
): Span | undefined {
  return record !== undefined && parent?.sampled ? new Span(name, options, parent) : undefined;
}

/** Runs `work` in a span below the current one; spans and calls of `work` are below that. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, options);
  if (!span) return work(undefined);
  try {
    return await runWithTrace(span.trace, () => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/** Records a span whose start was noted, for example of a request that failed unexpectedly. */
export function recordEnded(span: Omit<EndedSpan, 'endMs' | 'links'>): void {
  record?.({ ...span, endMs: epochMs(), links: [] });
}

/**
 * An error of the running request that its status need not show, for example in a GraphQL response.
 * A request with such an error is recorded even if its trace is not sampled.
 */
export function noteUnexpectedError(error: unknown): void {
  const served = currentRequestContext()?.served;
  if (served) served.errorType ??= errorTypeOf(error);
}

const largestDriftMs = 2;
let offsetMs = Date.now() - performance.now();

/** The wall clock in fractions of a millisecond, which `Date.now()` does not have. */
export function epochMs(): number {
  const now = performance.now();
  const driftMs = Date.now() - offsetMs - now;
  // The clock was set, or the process was suspended.
  if (Math.abs(driftMs) > largestDriftMs) offsetMs += driftMs;
  return offsetMs + now;
}
