import type { ApolloServerOptions } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context';
import type { CacheHints } from '../caching/cache-hints';
import type { CostTable } from '../limits/cost-table';
import type { Executor, SupergraphVersion } from './supergraph-version';

/** The interface between Apollo Server and a gateway. */
export type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type SchemaListener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0];

/**
 * Lets Apollo Server change to a new supergraph version while requests run. An ApolloGateway that is
 * updated in place replaces the schema and the planner of requests in progress; here each request is
 * executed by the version that it was validated against.
 */
export class ReloadingGateway implements Gateway {
  private readonly versions = new WeakMap<GraphQLSchema, SupergraphVersion>();
  private readonly listeners = new Set<SchemaListener>();

  constructor(private current: SupergraphVersion) {}

  async load(): Promise<{ executor: Executor }> {
    this.publish(this.current);
    return { executor: this.execute };
  }

  /** Executes a request by the version that it was validated against. */
  readonly execute: Executor = (request) => this.versionOf(request.schema).execute(request);

  /** The same gateway with another executor. */
  withExecutor(executor: Executor): Gateway {
    return {
      load: async () => ({ ...(await this.load()), executor }),
      onSchemaLoadOrUpdate: (listener) => this.onSchemaLoadOrUpdate(listener),
      stop: () => this.stop(),
    };
  }

  onSchemaLoadOrUpdate(listener: SchemaListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Makes new requests use this version.
   *
   * @throws Error if Apollo Server cannot serve its schema; the previous version stays in use
   */
  update(version: SupergraphVersion): void {
    this.publish(version);
    this.current = version;
  }

  /** API schema of the supergraph version that new requests use. */
  get schema(): GraphQLSchema {
    return this.current.schema;
  }

  /** Number of its query plans in the cache. */
  get planCount(): number {
    return this.current.planCount();
  }

  costsOf(schema: GraphQLSchema): CostTable {
    return this.versionOf(schema).costs;
  }

  cacheHintsOf(schema: GraphQLSchema): CacheHints {
    return this.versionOf(schema).cacheHints;
  }

  async stop(): Promise<void> {}

  private versionOf(schema: GraphQLSchema): SupergraphVersion {
    return this.versions.get(schema) ?? this.current;
  }

  private publish(version: SupergraphVersion): void {
    const { schema: apiSchema, sdl: coreSupergraphSdl } = version;
    this.versions.set(apiSchema, version);
    for (const listener of this.listeners) listener({ apiSchema, coreSupergraphSdl });
  }
}
