import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { ServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import type { GraphQLError } from 'graphql';
import { Pool } from 'undici';
import type { GatewayContext } from '../context';
import { readSubgraphAnswer } from './subgraph-answer';
import { subgraphBroken, subgraphUnavailable } from './subgraph-error';

type SubgraphRequest = Pick<GraphQLDataSourceProcessOptions, 'request' | 'context'>;
type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

export interface SubgraphOptions {
  /** As in the supergraph: also the audience of the service credential. */
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  logger: Logger;
  timeoutMs: number;
  maximumConnections: number;
}

/**
 * Calls one subgraph: bounded connections, a time limit, the gateway's credential, the person's token, the request id.
 * Never throws: a subgraph that fails is a GraphQL error at the fields that needed it.
 */
export class SubgraphDataSource implements GraphQLDataSource {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly options: SubgraphOptions) {
    const endpoint = new URL(options.url);
    this.path = endpoint.pathname;
    this.pool = new Pool(endpoint.origin, {
      connections: options.maximumConnections,
      connectTimeout: Math.min(1_000, options.timeoutMs),
      keepAliveTimeout: 30_000,
    });
  }

  async process({ request, context }: SubgraphRequest): Promise<SubgraphResponse> {
    const client = context as GatewayContext;
    try {
      const { query, variables, operationName } = request;
      return await this.send(JSON.stringify({ query, variables, operationName }), client);
    } catch (error) {
      return this.failed(
        'subgraph does not answer',
        { error },
        client,
        subgraphUnavailable(this.options.name),
      );
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async send(body: string, client: GatewayContext): Promise<SubgraphResponse> {
    const reply = await this.pool.request({
      path: this.path,
      method: 'POST',
      headers: this.headers(client),
      body,
      signal: AbortSignal.timeout(this.options.timeoutMs),
    });
    const read = readSubgraphAnswer(reply.statusCode, await reply.body.text());
    if (read.kind === 'answer') {
      if (reply.headers['idempotent-replayed'] === 'true') client.answer.replayed = true;
      return read.answer;
    }
    const shown = read.kind === 'unavailable' ? subgraphUnavailable(this.options.name) : subgraphBroken();
    return this.failed('subgraph gave no answer', { reason: read.reason }, client, shown);
  }

  /** Built anew: of the client's own headers only those named here go further. */
  private headers(client: GatewayContext): Record<string, string> {
    const { name, credentials } = this.options;
    return {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-service-authorization': `Bearer ${credentials.for(name)}`,
      'x-request-id': client.requestId,
      'x-client-address': client.clientAddress,
      ...(client.authorization ? { authorization: client.authorization } : {}),
      ...(client.clientUserAgent ? { 'x-client-user-agent': client.clientUserAgent } : {}),
    };
  }

  private failed(message: string, cause: object, client: GatewayContext, shown: GraphQLError) {
    this.options.logger.error(message, {
      subgraph: this.options.name,
      requestId: client.requestId,
      ...cause,
    });
    return { errors: [shown] };
  }
}
