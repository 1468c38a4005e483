import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { requestBeganHeader, type ServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import { ServiceClient, type ServiceResponse, CallFailure, type CallFailureKind } from '@shop/kit/resilience';
import type { GatewayContext } from '../context';
import { FailedFetchError, isOfWholeFetch } from './error-paths';
import type { ResponsePath } from './planned-fetches';
import {
  type FailureOutcome,
  type GraphQLResponse,
  invalidSubgraphResponse,
  readSubgraphResponse,
  requestTooLarge,
  subgraphUnavailable,
} from './subgraph-response';

export type SubgraphRequest = Pick<GraphQLDataSourceProcessOptions, 'request' | 'context'> & {
  pathInIncomingRequest?: ResponsePath;
};

/** Sends the requests of query plans to one subgraph. */
export interface DataSource {
  process(request: SubgraphRequest): ReturnType<GraphQLDataSource['process']>;
}

export interface SubgraphOptions {
  /** As in the supergraph; also the audience of the service credential. */
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  logger: Logger;
  /** For all queries of a client request together. */
  queryTimeoutMs: number;
  mutationTimeoutMs: number;
  /** Maximum concurrent requests. */
  maximumConnections: number;
  /** Maximum requests that wait for a connection. */
  maximumWaiting: number;
}

/** The circuit breaker logs its own state changes. */
const expectedFailures: ReadonlySet<CallFailureKind> = new Set(['circuit_open', 'cancelled']);

/**
 * Sends the requests of query plans to one subgraph, with the gateway's service credential, through
 * a circuit breaker. Queries are retried once after a lost connection, mutations never. A failure is
 * returned as a GraphQL error, for which `withErrorPaths` finds the paths.
 */
export class SubgraphDataSource implements DataSource {
  private readonly service: ServiceClient;
  private readonly path: string;

  constructor(private readonly options: SubgraphOptions) {
    this.service = new ServiceClient(options);
    this.path = new URL(options.url).pathname;
  }

  async process({ request, context, pathInIncomingRequest: path = [] }: SubgraphRequest) {
    const response = await this.timed(request, context as GatewayContext);
    const fetch = { operation: request.query ?? '', path };
    const errors = response.errors?.map((error) =>
      isOfWholeFetch(error) ? new FailedFetchError(error, fetch) : error,
    );
    return errors ? { ...response, errors } : response;
  }

  close(): Promise<void> {
    return this.service.close();
  }

  private async timed(
    request: SubgraphRequest['request'],
    context: GatewayContext,
  ): Promise<GraphQLResponse> {
    const { subgraphTime } = context;
    subgraphTime?.begin();
    try {
      return await this.execute(request, context);
    } finally {
      subgraphTime?.end();
    }
  }

  private async execute(
    { query = '', variables, operationName }: SubgraphRequest['request'],
    context: GatewayContext,
  ): Promise<GraphQLResponse> {
    const isMutation = /^\s*mutation\b/.test(query);
    try {
      const body = JSON.stringify({ query, variables, operationName });
      const response = await this.send(body, context, isMutation);
      if (isMutation) context.budget.endMutation();
      return this.read(response, context);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      this.logFailure(error, context);
      return { errors: [subgraphUnavailable(this.options.name, outcomeOf(error, isMutation, context))] };
    }
  }

  private send(body: string, context: GatewayContext, isMutation: boolean): Promise<ServiceResponse> {
    const { queryTimeoutMs, mutationTimeoutMs } = this.options;
    const call = { path: this.path, headers: this.headers(context), body };
    if (isMutation) {
      const deadlineMs = performance.now() + mutationTimeoutMs;
      return this.service.request({ ...call, deadlineMs, maximumTries: 1, isIdempotent: false });
    }
    return this.service.request({
      ...call,
      deadlineMs: context.budget.queryDeadlineMs(queryTimeoutMs),
      maximumTries: 2,
      isIdempotent: true,
      signal: context.disconnected,
    });
  }

  private read({ status, headers, text }: ServiceResponse, context: GatewayContext): GraphQLResponse {
    const { name, logger } = this.options;
    const read = readSubgraphResponse(status, text);
    if (read.kind === 'response') {
      if (headers['idempotent-replayed'] === 'true') context.answer.replayed = true;
      return read.response;
    }
    if (read.kind === 'too_large') return { errors: [requestTooLarge(name)] };
    const fields = { subgraph: name, requestId: context.requestId, reason: read.reason };
    if (read.kind === 'unavailable') logger.warn('subgraph is unavailable', fields);
    else logger.error('subgraph response is invalid', fields);
    return { errors: [read.kind === 'unavailable' ? subgraphUnavailable(name) : invalidSubgraphResponse()] };
  }

  /** Of the client's headers only those named here are forwarded. */
  private headers(context: GatewayContext): Record<string, string> {
    const { name, credentials } = this.options;
    return {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-service-authorization': `Bearer ${credentials.for(name)}`,
      'x-request-id': context.requestId,
      [requestBeganHeader]: String(context.receivedAtMs),
      'x-client-address': context.clientAddress,
      ...(context.authorization ? { authorization: context.authorization } : {}),
      ...(context.clientUserAgent ? { 'x-client-user-agent': context.clientUserAgent } : {}),
    };
  }

  private logFailure({ target, kind, cause }: CallFailure, { requestId }: GatewayContext): void {
    const reason = cause instanceof Error ? cause.message : undefined;
    const level = expectedFailures.has(kind) ? 'debug' : 'warn';
    this.options.logger.log(level, 'subgraph request failed', { subgraph: target, kind, reason, requestId });
  }
}

function outcomeOf(failure: CallFailure, isMutation: boolean, { budget }: GatewayContext): FailureOutcome {
  if (isMutation) return failure.mayHaveArrived ? 'unknown_outcome' : 'no_effect';
  return budget.hasMutated ? 'result_not_read' : 'no_effect';
}
