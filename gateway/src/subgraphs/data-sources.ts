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

interface Entry {
  source: SubgraphDataSource;
  /** Set while no current supergraph version uses it. */
  closeTimer?: NodeJS.Timeout | undefined;
}

/** The data sources of all supergraph versions in use, one for each name and URL. */
export class DataSources {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly connect: (subgraph: SubgraphAddress) => SubgraphDataSource) {}

  get(subgraph: SubgraphAddress): SubgraphDataSource {
    const key = keyOf(subgraph);
    const entry = this.entries.get(key) ?? { source: this.connect(subgraph) };
    this.entries.set(key, entry);
    return entry.source;
  }

  /** Closes the others once no request can use them. */
  retireAllBut(used: readonly SubgraphAddress[]): void {
    const kept = new Set(used.map(keyOf));
    for (const [key, entry] of this.entries) {
      if (kept.has(key)) {
        clearTimeout(entry.closeTimer);
        entry.closeTimer = undefined;
      } else entry.closeTimer ??= setTimeout(() => this.retire(key, entry), closeAfterMs).unref();
    }
  }

  async close(): Promise<void> {
    for (const { closeTimer } of this.entries.values()) clearTimeout(closeTimer);
    await Promise.all([...this.entries.values()].map(({ source }) => source.close()));
  }

  private retire(key: string, { source }: Entry): void {
    this.entries.delete(key);
    void source.close();
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
