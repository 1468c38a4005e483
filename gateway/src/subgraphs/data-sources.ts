import { createServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import type { GatewaySettings } from '../config';
import { SubgraphDataSource } from './subgraph-data-source';

/** Longer than any request: requests of an earlier supergraph version may still use a data source. */
const closeAfterMs = 60_000;

export interface SubgraphAddress {
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
}

/** The data sources of all supergraph versions in use, one for each name and URL. */
export class DataSources {
  private readonly sources = new Map<string, SubgraphDataSource>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly connect: (subgraph: SubgraphAddress) => SubgraphDataSource) {}

  get(subgraph: SubgraphAddress): SubgraphDataSource {
    const key = keyOf(subgraph);
    const source = this.sources.get(key) ?? this.connect(subgraph);
    this.sources.set(key, source);
    return source;
  }

  /** Closes the others once no request can use them. */
  retireAllBut(used: readonly SubgraphAddress[]): void {
    const kept = new Set(used.map(keyOf));
    for (const key of this.sources.keys()) {
      if (kept.has(key)) this.keep(key);
      else if (!this.timers.has(key)) this.retire(key);
    }
  }

  async close(): Promise<void> {
    for (const key of [...this.timers.keys()]) this.keep(key);
    await Promise.all([...this.sources.values()].map((source) => source.close()));
  }

  private keep(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  private retire(key: string): void {
    const close = () => {
      const source = this.sources.get(key);
      this.keep(key);
      this.sources.delete(key);
      void source?.close();
    };
    this.timers.set(key, setTimeout(close, closeAfterMs).unref());
  }
}

const keyOf = ({ name, url }: SubgraphAddress) => `${name} ${url}`;

export function connectSubgraphs(settings: GatewaySettings, logger: Logger): DataSources {
  const credentials = createServiceCredentials({ service: 'gateway', keyFile: settings.SERVICE_KEY_FILE });
  return new DataSources(
    ({ name, url }) =>
      new SubgraphDataSource({
        ...{ name, url, credentials, logger },
        queryTimeoutMs: settings.SUBGRAPH_QUERY_TIMEOUT_MS,
        mutationTimeoutMs: settings.SUBGRAPH_TIMEOUT_MS,
        maximumConnections: settings.SUBGRAPH_CONNECTIONS,
        maximumWaiting: settings.SUBGRAPH_WAITING,
      }),
  );
}
