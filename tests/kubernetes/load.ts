import { setTimeout as pause } from 'node:timers/promises';
import { buyThroughBothApis } from '../containers/buy';

const readIntervalMs = 250;

/** What succeeded, and the message of each failure. */
export interface LoadResult {
  reads: number;
  purchases: number;
  failures: readonly string[];
}

/** Customers who read the catalogue and buy until they are stopped. */
export class Load {
  private readonly stopping = new AbortController();
  private readonly counts = { reads: 0, purchases: 0 };
  private readonly failures: string[] = [];
  private readonly done: Promise<unknown>;

  constructor(private readonly url: string) {
    this.done = Promise.all([this.repeat(() => this.read()), this.repeat(() => this.buy())]);
  }

  async stop(): Promise<LoadResult> {
    this.stopping.abort();
    await this.done;
    return { ...this.counts, failures: this.failures };
  }

  private async repeat(step: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await step().catch((error: Error) => this.failures.push(error.message));
      await pause(readIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async read(): Promise<void> {
    const response = await fetch(new URL('/v1/products?limit=5', this.url));
    const body = await response.text();
    if (!response.ok) throw new Error(`GET /v1/products: status ${response.status} ${body}`);
    this.counts.reads += 1;
  }

  private async buy(): Promise<void> {
    await buyThroughBothApis(this.url, () => undefined);
    this.counts.purchases += 1;
  }
}

const buyAttempts = 5;

/**
 * Buys through both APIs, again if a subgraph did not respond in time: the code of processes that have just started
 * is not compiled yet.
 */
export async function buyUntilAnswered(url: string, log: (line: string) => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await buyThroughBothApis(url, log);
    } catch (error) {
      if (attempt === buyAttempts || !isUnavailable(error)) throw error;
      log('    a subgraph did not respond in time; buying again');
    }
  }
}

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && /UPSTREAM_UNAVAILABLE|upstream_unavailable/.test(error.message);
