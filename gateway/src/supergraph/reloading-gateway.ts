import type { ApolloServerOptions } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context';
import type { CostTable } from '../limits/cost-table';
import type { SupergraphVersion } from './supergraph-version';

type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = SupergraphVersion['execute'];
type SchemaListener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0];

/**
 * Lets Apollo Server run on one version of the graph after another. An ApolloGateway that is updated in place exchanges its schema and
 * its planner under the requests that it is executing; here each request is executed by the version that it was validated
 * against, to its end.
 */
export class ReloadingGateway implements Gateway {
  private readonly versions = new WeakMap<GraphQLSchema, SupergraphVersion>();
  private readonly listeners = new Set<SchemaListener>();

  constructor(private current: SupergraphVersion) {}

  load(): Promise<{ executor: Executor }> {
    this.show(this.current);
    return Promise.resolve({
      executor: (request) => this.versionOf(request.schema).execute(request),
    });
  }

  onSchemaLoadOrUpdate(listener: SchemaListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * New requests are for this version.
   *
   * @throws Error when Apollo Server cannot serve its schema; the last version stays
   */
  take(version: SupergraphVersion): void {
    this.show(version);
    this.current = version;
  }

  /** API schema of the supergraph version that new requests use. */
  get schema(): GraphQLSchema {
    return this.current.schema;
  }

  costsOf(schema: GraphQLSchema): CostTable {
    return this.versionOf(schema).costs;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  private versionOf(schema: GraphQLSchema): SupergraphVersion {
    return this.versions.get(schema) ?? this.current;
  }

  private show(version: SupergraphVersion): void {
    const { schema: apiSchema, sdl: coreSupergraphSdl } = version;
    this.versions.set(apiSchema, version);
    for (const listener of this.listeners) listener({ apiSchema, coreSupergraphSdl });
  }
}
