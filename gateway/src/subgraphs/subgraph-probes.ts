import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';

/** `unknown`: not ready so far. */
export type SubgraphState = 'unknown' | 'up' | 'down';

/** Readiness of the subgraphs, probed periodically. */
export interface SubgraphProbes {
  states(): Readonly<Record<string, SubgraphState>>;
  stop(): void;
}

const timeoutMs = 1_000;
const firstIntervalMs = 100;

/** Requests /readyz of each subgraph every 100 ms until it was ready once, then every `intervalMs`. */
export function startSubgraphProbes(urls: ReadonlyMap<string, string>, intervalMs = 2_000): SubgraphProbes {
  const states: Record<string, SubgraphState> = {};
  const stopped = new AbortController();

  async function probe(name: string, address: URL): Promise<void> {
    while (!stopped.signal.aborted) {
      if (await isReady(address)) states[name] = 'up';
      else if (states[name] === 'up') states[name] = 'down';
      const pauseMs = states[name] === 'unknown' ? firstIntervalMs : intervalMs;
      await pause(pauseMs, undefined, { ref: false, signal: stopped.signal }).catch(() => undefined);
    }
  }

  for (const [name, url] of urls) {
    states[name] = 'unknown';
    void probe(name, new URL('/readyz', url));
  }
  return { states: () => states, stop: () => stopped.abort() };
}

async function isReady(address: URL): Promise<boolean> {
  try {
    const { statusCode, body } = await request(address, { signal: AbortSignal.timeout(timeoutMs) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
