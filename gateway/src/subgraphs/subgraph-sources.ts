import type { SubgraphDataSource } from './subgraph-data-source';

/** Longer than any request: the version of the graph that it began with may still call a subgraph that the newest does not have. */
const closeAfterMs = 60_000;

export interface SubgraphAddress {
  name: string;
  /** Its GraphQL endpoint. */
  url: string;
}

/** The connections to the subgraphs; they outlive the versions of the graph. */
export class SubgraphSources {
  private readonly sources = new Map<string, SubgraphDataSource>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly connect: (subgraph: SubgraphAddress) => SubgraphDataSource) {}

  /** The same for the same subgraph at the same address. */
  get(subgraph: SubgraphAddress): SubgraphDataSource {
    const key = keyOf(subgraph);
    const source = this.sources.get(key) ?? this.connect(subgraph);
    this.sources.set(key, source);
    return source;
  }

  /** Closes all but these when no request can use them any more. */
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
