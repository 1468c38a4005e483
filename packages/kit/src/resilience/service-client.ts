import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { requestTimeoutHeader, withTimeLimit } from '../deadline';
import type { Logger } from '../logger';
import { CallFailure } from './call-failure';
import type { CircuitStateName } from './circuit';
import { fullJitterMs } from './jitter';
import { createGuard, type Guard } from './guard';
import { failureKind } from './failure-kind';

export interface ServiceClientOptions {
  /** The service's name: in logs, metrics and errors. */
  name: string;
  /** Any address of the service; only the origin counts. */
  url: string;
  /** Told when the service stops answering, and when it answers again. */
  logger?: Logger | undefined;
  /** Calls under way at once; each has a connection of its own. */
  maximumConnections: number;
  /** Further calls wait for their turn within their time; more than this fail at once. */
  maximumWaiting: number;
}

export interface ServiceRequest {
  path: string;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
  /** When the whole answer must be there, all tries included: a time of `performance.now()`. */
  deadlineMs: number;
  /** 1: it is sent once. */
  maximumTries: number;
  /** Sent twice it is done once: so it is also repeated when the first may have arrived. */
  isIdempotent: boolean;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
}

export interface ServiceResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  /** An earlier try got no answer, but may have arrived: what this answer refuses may have been done before. */
  earlierMayHaveArrived: boolean;
}

const worthATryMs = 100;

/**
 * Given up by us before a draining server (DRAIN_DELAY_MS) can close them: a call that meets that close has an unknown outcome.
 * The maximum overrules what a server's Keep-Alive header offers.
 */
export const idleConnections = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 4_000 };

/** Another process of the platform over HTTP: pooled connections, a guard, one deadline for a call and its repeats. */
export class ServiceClient {
  private readonly pool: Pool;
  private readonly guard: Guard;

  constructor(private readonly options: ServiceClientOptions) {
    const { name, url, logger, maximumConnections, maximumWaiting } = options;
    this.pool = new Pool(new URL(url).origin, {
      connections: maximumConnections,
      connectTimeout: 1_000,
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
   * Any answer of the service itself is an answer, whatever its status. The header x-request-timeout-ms tells it how long it
   * is waited for.
   *
   * @throws CallFailure when there was none
   */
  async request(request: ServiceRequest): Promise<ServiceResponse> {
    const leftMs = request.deadlineMs - performance.now();
    if (leftMs <= 0) throw new CallFailure(this.options.name, 'deadline_exceeded');
    return withTimeLimit(leftMs, request.signal, (signal) => this.tryAndRepeat(request, signal));
  }

  /** Resolves when the calls under way have ended. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async tryAndRepeat(request: ServiceRequest, signal: AbortSignal): Promise<ServiceResponse> {
    let earlierMayHaveArrived = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.guard.run(() => this.exchange(request, signal), signal);
        return { ...answer, earlierMayHaveArrived };
      } catch (error) {
        const failure = afterEarlier(error, earlierMayHaveArrived);
        if (!isWorthRepeating(failure, request, attempt)) throw failure;
        earlierMayHaveArrived = failure.mayHaveArrived;
        await pause(fullJitterMs(attempt));
      }
    }
  }

  private async exchange(request: ServiceRequest, signal: AbortSignal) {
    const leftMs = Math.max(1, Math.floor(request.deadlineMs - performance.now()));
    try {
      const reply = await this.pool.request({
        path: request.path,
        method: 'POST',
        headers: { ...request.headers, [requestTimeoutHeader]: String(leftMs) },
        body: request.body,
        signal,
      });
      const { statusCode: status, headers } = reply;
      const text = await reply.body.text();
      if (status >= 500 && !isFromService(text)) {
        throw new CallFailure(this.options.name, 'server_error', { cause: new Error(`HTTP ${status}`) });
      }
      return { status, headers, text };
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
}

/** What an earlier try may have done the last one does not undo. */
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

/** A GraphQL error with a code: the service works, and says what is missing. A proxy, or a process that starts, says no such thing. */
function isFromService(text: string): boolean {
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: unknown } }[] };
    return typeof errors?.[0]?.extensions?.code === 'string';
  } catch {
    return false;
  }
}
