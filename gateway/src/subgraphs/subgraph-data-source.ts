import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { requestBeganHeader, type ServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import { ServiceClient, type ServiceResponse, CallFailure, type CallFailureKind } from '@shop/kit/resilience';
import type { GatewayContext } from '../context';
import { FailedFetchError, isOfWholeFetch, type ResponsePath } from './failed-fetch-error';
import { readSubgraphAnswer } from './subgraph-response';
import { type FateOfRequest, requestTooLarge, subgraphBroken, subgraphUnavailable } from './subgraph-error';

type SubgraphRequest = Pick<GraphQLDataSourceProcessOptions, 'request' | 'context'> & {
  pathInIncomingRequest?: ResponsePath;
};
type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

export interface SubgraphOptions {
  /** As in the supergraph: also the audience of the service credential. */
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  logger: Logger;
  /** For all reads of a request together. */
  queryTimeoutMs: number;
  mutationTimeoutMs: number;
  /** Maximum concurrent calls. */
  maximumConnections: number;
  /** Maximum calls that wait for a connection. */
  maximumWaiting: number;
}

/** Said once when the circuit changed, or the client's doing. */
const expectedFailures: ReadonlySet<CallFailureKind> = new Set(['circuit_open', 'cancelled']);

/**
 * Calls one subgraph: with the gateway's credential, the person's token and the request id, within the request's budget, through
 * a circuit. Reads that broke off are tried once more, mutations never. Never throws: a subgraph that fails is a GraphQL error, whose
 * path `withErrorPaths` finds.
 */
export class SubgraphDataSource implements GraphQLDataSource {
  private readonly service: ServiceClient;
  private readonly path: string;

  constructor(private readonly options: SubgraphOptions) {
    this.service = new ServiceClient(options);
    this.path = new URL(options.url).pathname;
  }

  async process(subgraphRequest: SubgraphRequest): Promise<SubgraphResponse> {
    const { request, context, pathInIncomingRequest: path = [] } = subgraphRequest;
    const response = await this.ask(request, context as GatewayContext);
    const fetch = { operation: request.query ?? '', path };
    const errors = response.errors?.map((error) =>
      isOfWholeFetch(error) ? new FailedFetchError(error, fetch) : error,
    );
    return errors ? { ...response, errors } : response;
  }

  close(): Promise<void> {
    return this.service.close();
  }

  private async ask(
    { query = '', variables, operationName }: SubgraphRequest['request'],
    client: GatewayContext,
  ): Promise<SubgraphResponse> {
    const isMutation = /^\s*mutation\b/.test(query);
    try {
      const answer = await this.send(JSON.stringify({ query, variables, operationName }), client, isMutation);
      if (isMutation) client.budget.mutationWasAnswered();
      return this.read(answer, client);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      this.logFailure(error, client);
      return { errors: [subgraphUnavailable(this.options.name, fateOf(error, isMutation, client))] };
    }
  }

  private send(body: string, client: GatewayContext, isMutation: boolean): Promise<ServiceResponse> {
    const { queryTimeoutMs, mutationTimeoutMs } = this.options;
    const call = { path: this.path, headers: this.headers(client), body };
    if (isMutation) {
      const deadlineMs = performance.now() + mutationTimeoutMs;
      return this.service.request({ ...call, deadlineMs, maximumTries: 1, isIdempotent: false });
    }
    const deadlineMs = client.budget.readDeadlineMs(queryTimeoutMs);
    return this.service.request({
      ...call,
      deadlineMs,
      maximumTries: 2,
      isIdempotent: true,
      signal: client.gone,
    });
  }

  private read({ status, headers, text }: ServiceResponse, client: GatewayContext): SubgraphResponse {
    const { name, logger } = this.options;
    const read = readSubgraphAnswer(status, text);
    if (read.kind === 'answer') {
      if (headers['idempotent-replayed'] === 'true') client.answer.replayed = true;
      return read.answer;
    }
    if (read.kind === 'too_large') return { errors: [requestTooLarge(name)] };
    const fields = { subgraph: name, requestId: client.requestId, reason: read.reason };
    if (read.kind === 'unavailable') logger.warn('subgraph cannot answer', fields);
    else logger.error('subgraph gave no answer', fields);
    return { errors: [read.kind === 'unavailable' ? subgraphUnavailable(name) : subgraphBroken()] };
  }

  /** Of the client's headers only those named here are forwarded. */
  private headers(client: GatewayContext): Record<string, string> {
    const { name, credentials } = this.options;
    return {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-service-authorization': `Bearer ${credentials.for(name)}`,
      'x-request-id': client.requestId,
      [requestBeganHeader]: String(client.beganAtMs),
      'x-client-address': client.clientAddress,
      ...(client.authorization ? { authorization: client.authorization } : {}),
      ...(client.clientUserAgent ? { 'x-client-user-agent': client.clientUserAgent } : {}),
    };
  }

  private logFailure({ target, kind, cause }: CallFailure, { requestId }: GatewayContext): void {
    const reason = cause instanceof Error ? cause.message : undefined;
    const level = expectedFailures.has(kind) ? 'debug' : 'warn';
    this.options.logger.log(level, 'subgraph does not answer', { subgraph: target, kind, reason, requestId });
  }
}

function fateOf(failure: CallFailure, isMutation: boolean, { budget }: GatewayContext): FateOfRequest {
  if (isMutation) return failure.mayHaveArrived ? 'perhaps_done' : 'nothing_done';
  return budget.hasMutated ? 'not_shown' : 'nothing_done';
}
