import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { OperatorError } from '@shop/kit/operator';

export interface ServeOptions {
  /** `port` on 127.0.0.1, or `host:port`; port 0 selects any free port. */
  address: string;
  /** Pause between the end of a run and the next one. */
  everySeconds: number;
  /** @returns the result as Prometheus text */
  run: () => Promise<string>;
}

/**
 * Runs repeatedly until SIGTERM or SIGINT, and serves the last result to Prometheus at `/metrics`:
 * 503 until there is one. After a failed run the previous result is served, with its time. `/readyz`
 * returns 200 if the last run has a result, also one with breaches.
 */
export async function serveResults({ address, everySeconds, run }: ServeOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort());
  const state: State = { result: undefined, failure: undefined };
  const server = createServer(({ url }, response) => {
    const [status, text] = responseTo(url, state);
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  });
  server.listen(parseAddress(address));
  await once(server, 'listening');
  const { address: host, port } = server.address() as AddressInfo;
  process.stderr.write(`Serving the results at http://${host}:${port}/metrics\n`);
  while (!stopped.signal.aborted) {
    try {
      state.result = await run();
      state.failure = undefined;
    } catch (error) {
      state.failure = (error as Error).message;
      process.stderr.write(`reconcile failed, retrying in ${everySeconds} s: ${state.failure}\n`);
    }
    await pause(everySeconds * 1_000, undefined, { signal: stopped.signal }).catch(() => undefined);
  }
  server.closeAllConnections();
  server.close();
}

interface State {
  /** Of the last run that did not fail. */
  result: string | undefined;
  /** The message of the last run, if it failed. */
  failure: string | undefined;
}

function responseTo(url: string | undefined, { result, failure }: State): [status: number, text: string] {
  switch (url) {
    case '/metrics':
      return result === undefined ? [503, 'No run has succeeded yet.\n'] : [200, result];
    case '/readyz':
      if (failure !== undefined) return [503, 'The last run failed: its message is in the log.\n'];
      return result === undefined ? [503, 'No run has ended yet.\n'] : [200, 'ready\n'];
    default:
      return [404, 'Not found: the results are at /metrics.\n'];
  }
}

function parseAddress(text: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new OperatorError(`--serve must be a port or host:port, for example 0.0.0.0:9464, got ${text}.`);
  return { host, port: Number(port) };
}

/** @throws OperatorError unless it is a whole number from 1 */
export function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new OperatorError(`--every must be a whole number of seconds from 1, got ${text}.`);
  return seconds;
}
