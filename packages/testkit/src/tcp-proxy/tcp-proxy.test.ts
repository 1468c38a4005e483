import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../eventually';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from '.';

interface Origin {
  name: string;
  url: string;
  /** Received requests, without readiness probes. */
  arrived: number;
  isReady: boolean;
  close(): void;
}

const undo: (() => unknown)[] = [];
afterEach(() => Promise.all(undo.splice(0).map((step) => step())));

async function startOrigin(name: string): Promise<Origin> {
  const server: Server = createServer((incoming, response) => {
    if (incoming.url === '/readyz') return response.writeHead(origin.isReady ? 200 : 503).end();
    origin.arrived += 1;
    return response.end(`${name} has read ${incoming.url}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin: Origin = { name, url, arrived: 0, isReady: true, close };
  undo.push(close);
  return origin;
}

async function startProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = await startTcpProxy(options);
  undo.push(() => proxy.close());
  return proxy;
}

interface SendOptions {
  agent?: Agent;
  /** Long unless a timeout is expected, because the machine may be busy. */
  timeoutMs?: number;
}

/** The result of a request: the complete response, an error code, or `timeout`. */
async function send(proxy: TcpProxy, { agent = new Agent(), timeoutMs = 10_000 }: SendOptions = {}) {
  const outgoing = request(`${proxy.url}/x`, { agent, timeout: timeoutMs });
  outgoing.once('timeout', () => outgoing.destroy(Object.assign(new Error(), { code: 'timeout' })));
  outgoing.end();
  try {
    const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
    return await text(response);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  undo.push(() => agent.destroy());
  return agent;
}

describe('A TCP proxy', () => {
  test('uses the targets round robin, and skips one that cannot be reached', async () => {
    const [a, b, c] = [await startOrigin('a'), await startOrigin('b'), await startOrigin('c')];
    const proxy = await startProxy({ targets: [a.url, `${b.url}/graphql`, c.url] });

    expect([await send(proxy), await send(proxy), await send(proxy)]).toEqual([
      'a has read /x',
      'b has read /x',
      'c has read /x',
    ]);
    a.close();
    expect(await send(proxy)).toBe('b has read /x');
  });

  test('supports any URL with a host and a port', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url.replace('http:', 'postgres:')] });

    expect(await send(proxy)).toBe('a has read /x');
  });

  test('keeps keep-alive connections with their target after setTargets', async () => {
    const [a, b] = [await startOrigin('a'), await startOrigin('b')];
    const proxy = await startProxy({ targets: [a.url] });
    const agent = keepAliveAgent();

    await send(proxy, { agent });
    proxy.setTargets([b.url]);

    expect(await send(proxy, { agent })).toBe('a has read /x');
    expect(await send(proxy)).toBe('b has read /x');
  });

  test('routes no new connection to a target that is not ready, and resets connections if none is', async () => {
    const [a, b] = [await startOrigin('a'), await startOrigin('b')];
    const proxy = await startProxy({
      targets: [a.url, b.url],
      readiness: { path: '/readyz', everyMs: 10 },
    });
    await eventually(() => expect(proxy.readyTargets).toEqual([a.url, b.url]));

    a.isReady = false;
    await eventually(() => expect(proxy.readyTargets).toEqual([b.url]));
    expect([await send(proxy), await send(proxy)]).toEqual(['b has read /x', 'b has read /x']);

    b.close();
    await eventually(() => expect(proxy.readyTargets).toEqual([]));
    expect(await send(proxy)).toBe('ECONNRESET');
  });
});

describe('A TCP proxy with a fault', () => {
  /** Timeout of a client that expects a failure. */
  const timeoutMs = 300;

  test('refuse: resets new and existing connections, until it is healed', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });
    const agent = keepAliveAgent();
    await send(proxy, { agent });
    expect(proxy.connections).toBe(1);

    proxy.refuse();
    expect(await send(proxy)).toBe('ECONNRESET');
    await eventually(() => expect(proxy.connections).toBe(0));

    proxy.heal();
    expect(await send(proxy, { agent })).toBe('a has read /x');
    expect(origin.arrived).toBe(2);
  });

  test('hang: forwards nothing on new and keep-alive connections, and continues when it is healed', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });
    const agent = keepAliveAgent();
    await send(proxy, { agent });

    proxy.hang();
    const responses = await Promise.all([send(proxy, { timeoutMs }), send(proxy, { agent, timeoutMs })]);
    expect(responses).toEqual(['timeout', 'timeout']);
    expect(origin.arrived).toBe(1);

    const pending = fetch(`${proxy.url}/pending`).then((response) => response.text());
    await eventually(() => expect(proxy.connections).toBeGreaterThan(0));
    proxy.heal();
    expect(await pending).toBe('a has read /pending');
  });

  test('loseResponses: forwards the request and resets the connection', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });
    const agent = keepAliveAgent();
    await send(proxy, { agent });

    proxy.loseResponses();
    expect([await send(proxy, { agent }), await send(proxy)]).toEqual(['ECONNRESET', 'ECONNRESET']);

    expect(origin.arrived).toBe(3);
    proxy.heal();
    expect(await send(proxy)).toBe('a has read /x');
  });

  test('drip: the response does not end in time, and is complete when it is healed', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });

    proxy.drip(1);
    expect(await send(proxy, { timeoutMs })).toBe('timeout');
    const response = fetch(`${proxy.url}/y`).then((whole) => whole.text());
    await eventually(() => expect(origin.arrived).toBe(2));
    proxy.heal();
    expect(await response).toBe('a has read /y');
  });

  test('delayResponses: the response arrives after the timeout of the client', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });

    proxy.delayResponses(60_000);
    expect(await send(proxy, { timeoutMs })).toBe('timeout');
    expect(origin.arrived).toBe(1);
    proxy.delayResponses(1);
    expect(await send(proxy)).toBe('a has read /x');
  });

  test('cut: resets existing connections and accepts new ones', async () => {
    const origin = await startOrigin('a');
    const proxy = await startProxy({ targets: [origin.url] });
    proxy.delayResponses(60_000);
    const cut = send(proxy);
    await eventually(() => expect(origin.arrived).toBe(1));

    proxy.cut();
    expect(await cut).toBe('ECONNRESET');
    proxy.heal();
    expect(await send(proxy)).toBe('a has read /x');
  });
});
