import { request } from 'undici';

/** `unknown`: not asked yet, or no answer so far. */
export type SubgraphState = 'unknown' | 'up' | 'down';

/** What is known of the subgraphs' readiness, asked again and again. */
export interface SubgraphProbes {
  states(): Readonly<Record<string, SubgraphState>>;
  stop(): void;
}

const probeTimeoutMs = 1_000;
const untilFirstAnswerMs = 100;

/** Asks /readyz of every subgraph: often until it was up once, then every `intervalMs`. */
export function startSubgraphProbes(urls: ReadonlyMap<string, string>, intervalMs = 2_000): SubgraphProbes {
  const states: Record<string, SubgraphState> = {};
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  async function probe(name: string, address: URL): Promise<void> {
    const isUp = await answersReady(address);
    if (isUp) states[name] = 'up';
    else if (states[name] === 'up') states[name] = 'down';
    if (stopped) return;
    const pauseMs = states[name] === 'unknown' ? untilFirstAnswerMs : intervalMs;
    timers.set(name, setTimeout(() => void probe(name, address), pauseMs).unref());
  }

  for (const [name, url] of urls) {
    states[name] = 'unknown';
    void probe(name, new URL('/readyz', url));
  }
  return {
    states: () => states,
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

async function answersReady(address: URL): Promise<boolean> {
  try {
    const answer = await request(address, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
