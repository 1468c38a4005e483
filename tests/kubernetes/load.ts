import { setTimeout as pause } from 'node:timers/promises';
import { buyThroughBothApis } from '../containers/buy';

const readIntervalMs = 100;

/** Customers who read the catalogue and buy until they are stopped. */
export class Load {
  private readonly stopping = new AbortController();
  private readonly counts = { reads: 0, purchases: 0 };
  private readonly done: Promise<unknown>;

  constructor(private readonly url: string) {
    this.done = Promise.all([this.repeat(() => this.read()), this.repeat(() => this.buy())]);
    // `stop` reports it.
    this.done.catch(() => undefined);
  }

  /** @returns what succeeded @throws the first failure of a request */
  async stop(): Promise<{ reads: number; purchases: number }> {
    this.stopping.abort();
    await this.done;
    return this.counts;
  }

  private async repeat(step: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) await step();
  }

  private async read(): Promise<void> {
    const response = await fetch(new URL('/v1/products?limit=5', this.url));
    if (!response.ok) throw new Error(`GET /v1/products: status ${response.status}`);
    await response.text();
    this.counts.reads += 1;
    await pause(readIntervalMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async buy(): Promise<void> {
    await buyThroughBothApis(this.url, () => undefined);
    this.counts.purchases += 1;
  }
}
