import { setTimeout as pause } from 'node:timers/promises';
import { respondsOk } from '@shop/local-stack/processes';

/** Readiness probe, like that of a Kubernetes endpoint. */
export interface Readiness {
  /** Path that returns 2xx if the target is ready, for example /readyz. */
  path: string;
  everyMs: number;
}

const probeTimeoutMs = 2_000;

/** The targets of a proxy. Without `readiness` all count as ready. */
export class Targets {
  private origins: readonly string[] = [];
  private readonly notReady = new Set<string>();
  private watching = new AbortController();
  private next = 0;

  constructor(private readonly readiness: Readiness | undefined) {}

  /** Origins in the given order. */
  get ready(): string[] {
    return this.origins.filter((origin) => !this.notReady.has(origin));
  }

  /** Ready targets in the order to try them (round robin). */
  inOrder(): URL[] {
    const { ready } = this;
    const first = ready.length > 0 ? this.next++ % ready.length : 0;
    return [...ready.slice(first), ...ready.slice(0, first)].map((origin) => new URL(origin));
  }

  replace(urls: readonly string[]): void {
    this.close();
    this.origins = urls.map(originOf);
    this.notReady.clear();
    if (!this.readiness) return;
    this.watching = new AbortController();
    for (const origin of this.origins) {
      this.notReady.add(origin);
      void this.watch(origin, this.readiness, this.watching.signal);
    }
  }

  /** Stops the probes. */
  close(): void {
    this.watching.abort();
  }

  private async watch(origin: string, { path, everyMs }: Readiness, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isReady = await respondsOk(`${origin}${path}`, { timeoutMs: probeTimeoutMs });
      if (signal.aborted) return;
      if (isReady) this.notReady.delete(origin);
      else this.notReady.add(origin);
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Also supports postgres:// and other schemes, whose `origin` is "null" by the URL standard. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
