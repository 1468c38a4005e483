import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { assertNoFailures, closedLoop, type LoopResult } from '../checkout/closed-loop';

/** Requests of `clients` keep-alive connections, each sent when the previous response has arrived. */
export interface Load {
  url: string;
  headers: Record<string, string>;
  /** JSON; undefined for GET. */
  body: string | undefined;
  clients: number;
  durationMs: number;
}

/** Without the failures: there are none. */
export type LoadReport = Pick<LoopResult, 'latenciesMs' | 'perSecond'> | { error: string };

const errorsMember = Buffer.from('"errors"');

async function run({ url, headers, body, clients, durationMs }: Load): Promise<LoadReport> {
  const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const options =
    body === undefined
      ? { method: 'GET', headers }
      : { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  try {
    const loop = await closedLoop({
      ...{ clients, durationMs },
      work: async (client) => {
        const outgoing = request(url, { ...options, agent: agents[client] });
        outgoing.end(body);
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        const content = await buffer(response);
        if (response.statusCode !== 200 || content.includes(errorsMember))
          throw new Error(`${url}: ${response.statusCode} ${content.subarray(0, 300).toString()}`);
      },
    });
    assertNoFailures(loop);
    return { latenciesMs: loop.latenciesMs, perSecond: loop.perSecond };
  } finally {
    for (const agent of agents) agent.destroy();
  }
}

// In a process of its own, so that the load is the same for all gateways and its CPU time is not theirs.
process.on('message', (load: Load) => {
  void run(load)
    .catch((error: Error) => ({ error: error.message }))
    .then((report) => process.send?.(report));
});
