import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { requestTimeoutHeader, withTimeLimit } from '../deadline';
import type { Logger } from '../logger';
import { currentTrace, type Span, startSpan, type TraceContext, traceHeaders } from '../telemetry';
import { CallFailure, failureKind } from './call-failure';
import { measureCall } from './call-metrics';
import { exchange } from './exchange';
import { type CircuitStateName, createGuard, type Guard } from './guard';
import { fullJitterMs } from './jitter';

export interface ServiceClientOptions {
  /** The service's name in logs, metrics and errors. */
  name: string;
  /** Any URL of the service; only its origin is used. */
  url: string;
  /** Logs when the service becomes unavailable and available again. */
  logger?: Logger | undefined;
  /** Maximum calls in progress, each on its own connection. */
  maximumConnections: number;
  /** Maximum queued calls; further calls fail immediately. */
  maximumWaiting: number;
}

export interface ServiceRequest {
  path: string;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
  /** Deadline of the complete response including retries, in `performance.now()` time. */
  deadlineMs: number;
  /** 1: no retry. */
  maximumTries: number;
  /** If true, the request is also retried if the first may have arrived. */
  isIdempotent: boolean;
  /** Aborted when the caller no longer waits for the response. */
  signal?: AbortSignal | undefined;
}

export interface ServiceResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  /** An earlier try may have taken effect, even if this response is a rejection. */
  earlierMayHaveArrived: boolean;
}

const worthATryMs = 100;

/** More than any page needs. A response without an end would fill the memory until its deadline. */
const maximumResponseBytes = 32 * 1_024 * 1_024;

/**
 * Idle connections are closed before a draining server (DRAIN_DELAY_MS) closes them, because a
 * request sent at that moment has an unknown outcome. The maximum overrides the server's Keep-Alive
 * header.
 */
export const idleConnections = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 4_000 };

/**
 * HTTP client for another service: connection pool, circuit breaker, and one deadline for a call
 * and its retries.
 */
export class ServiceClient {
  private readonly pool: Pool;
  private readonly guard: Guard;

  constructor(private readonly options: ServiceClientOptions) {
    const { name, url, logger, maximumConnections, maximumWaiting } = options;
    this.pool = new Pool(new URL(url).origin, {
      connections: maximumConnections,
      connectTimeout: 1_000,
      maxResponseSize: maximumResponseBytes,
      ...idleConnections,
    });
    this.guard = createGuard({
      target: name,
      logger,
      maximumConcurrency: maximumConnections,
      maximumWaiting,
    });
  }

  get circuitState(): CircuitStateName {
    return this.guard.circuitState;
  }

  /**
   * Returns any response of the service itself, whatever its status. Sends the remaining time in
   * x-request-timeout-ms.
   *
   * @throws CallFailure if there is no response
   */
  async request(request: ServiceRequest): Promise<ServiceResponse> {
    return measureCall(this.options.name, async () => {
      const leftMs = request.deadlineMs - performance.now();
      if (leftMs <= 0) throw new CallFailure(this.options.name, 'deadline_exceeded');
      return withTimeLimit(leftMs, request.signal, (signal) => this.tryAndRepeat(request, signal));
    });
  }

  /** Resolves when the calls in progress have ended. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async tryAndRepeat(request: ServiceRequest, signal: AbortSignal): Promise<ServiceResponse> {
    let earlierMayHaveArrived = false;
    // A queued call starts in the context of the call whose slot it gets.
    const trace = currentTrace();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const exchange = () => this.exchangeInSpan({ request, signal, trace, attempt });
        const response = await this.guard.run(exchange, signal);
        return { ...response, earlierMayHaveArrived };
      } catch (error) {
        const failure = afterEarlier(error, earlierMayHaveArrived);
        if (!isWorthRepeating(failure, request, attempt)) throw failure;
        earlierMayHaveArrived = failure.mayHaveArrived;
        await pause(fullJitterMs(attempt));
      }
    }
  }

  private async exchangeInSpan({ request, signal, trace, attempt }: Attempt) {
    const span = trace?.sampled ? this.startSpan(request.path, trace, attempt) : undefined;
    try {
      const response = await this.exchange(request, signal, span?.trace ?? trace);
      span?.set({ 'http.response.status_code': response.status });
      if (response.status >= 400) span?.fail(String(response.status));
      return response;
    } catch (error) {
      span?.fail(error instanceof CallFailure ? error.kind : error);
      throw error;
    } finally {
      span?.end();
    }
  }

  private async exchange(request: ServiceRequest, signal: AbortSignal, trace: TraceContext | undefined) {
    const leftMs = Math.max(1, Math.floor(request.deadlineMs - performance.now()));
    try {
      const headers = {
        ...request.headers,
        ...(trace ? traceHeaders(trace) : {}),
        [requestTimeoutHeader]: String(leftMs),
      };
      const { path, body } = request;
      const response = await exchange(this.pool, { path, method: 'POST', headers, body }, signal);
      const { status, text } = response;
      if (status >= 500 && !isFromService(text)) {
        throw new CallFailure(this.options.name, 'server_error', { cause: new Error(`HTTP ${status}`) });
      }
      return response;
    } catch (cause) {
      if (cause instanceof CallFailure) throw cause;
      const kind = failureKind(cause, {
        isCancelled: request.signal?.aborted,
        isLate: signal.aborted,
        leftMs,
      });
      throw new CallFailure(this.options.name, kind, { cause });
    }
  }

  private startSpan(path: string, parent: TraceContext, attempt: number): Span | undefined {
    const { hostname, port, protocol } = new URL(this.options.url);
    const attributes = {
      ...{ 'http.request.method': 'POST', 'url.template': path, 'peer.service': this.options.name },
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
      ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
    };
    return startSpan(`POST ${path}`, { kind: 'client', attributes }, parent);
  }
}

interface Attempt {
  request: ServiceRequest;
  signal: AbortSignal;
  /** Of the caller. */
  trace: TraceContext | undefined;
  /** From 1. */
  attempt: number;
}

/** An earlier try may have taken effect, even if the last one did not arrive. */
function afterEarlier(failure: unknown, earlierMayHaveArrived: boolean): unknown {
  if (!(failure instanceof CallFailure) || failure.mayHaveArrived || !earlierMayHaveArrived) return failure;
  return new CallFailure(failure.target, failure.kind, { cause: failure.cause, mayHaveArrived: true });
}

function isWorthRepeating(
  failure: unknown,
  request: ServiceRequest,
  attempt: number,
): failure is CallFailure {
  if (!(failure instanceof CallFailure) || !failure.isPassing || attempt >= request.maximumTries)
    return false;
  if (failure.mayHaveArrived && !request.isIdempotent) return false;
  return request.deadlineMs - performance.now() > worthATryMs;
}

/** A GraphQL error with a code comes from a working service, not from a proxy. */
function isFromService(text: string): boolean {
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: unknown } }[] };
    return typeof errors?.[0]?.extensions?.code === 'string';
  } catch {
    return false;
  }
}
