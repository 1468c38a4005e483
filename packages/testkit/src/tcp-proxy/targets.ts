import { setTimeout as pause } from 'node:timers/promises';
import { respondsOk } from '@shop/local-stack/processes';

/** How a proxy learns which targets may get new connections: as a Kubernetes endpoint does. */
export interface Readiness {
  /** Answers 2xx when the target may have connections, for example /readyz. */
  path: string;
  everyMs: number;
}

const probeTimeoutMs = 2_000;

/** The addresses behind a proxy. Without `readiness` all of them count as ready. */
export class Targets {
  private origins: readonly string[] = [];
  private readonly notReady = new Set<string>();
  private watching = new AbortController();
  private turn = 0;

  constructor(private readonly readiness: Readiness | undefined) {}

  /** Origins, in the order they were given in. */
  get ready(): string[] {
    return this.origins.filter((origin) => !this.notReady.has(origin));
  }

  /** Ready ones in the order in which to try them: each call begins with the next. */
  inTurn(): URL[] {
    const { ready } = this;
    const first = ready.length > 0 ? this.turn++ % ready.length : 0;
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

  /** Asks nobody any more. */
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

/**
 * Also of postgres:// and whatever else names a host and a port: their `origin` is "null" by the
 * URL standard.
 */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
