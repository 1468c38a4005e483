import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Fault, FaultSwitch, ProxiedConnection } from './connection';
import { type Readiness, Targets } from './targets';

export interface TcpProxyOptions {
  /** URLs of any scheme with host and port. Default: none, until `setTargets`. */
  targets?: readonly string[];
  /**
   * Default: every target counts as ready. With a probe, a target is ready after the first success.
   */
  readiness?: Readiness;
}

/**
 * A TCP proxy that simulates network faults. It forwards connections, not requests: a keep-alive
 * connection stays with its target, as behind a load balancer. A new fault replaces the current
 * one.
 */
export interface TcpProxy {
  readonly port: number;
  /** http://127.0.0.1:port */
  readonly url: string;
  /** Number of connected clients. */
  readonly connections: number;
  /** Origins that get new connections. */
  readonly readyTargets: readonly string[];
  /**
   * Sets the targets of new connections (round robin); if one cannot be reached, the next is tried.
   * Existing connections are kept.
   */
  setTargets(targets: readonly string[]): void;
  /** Resets new and existing connections. */
  refuse(): void;
  /** Accepts connections and forwards nothing in either direction, until `heal()`. */
  hang(): void;
  /** Limits the rate of responses. */
  drip(bytesPerSecond: number): void;
  /** Delays the first byte of each response. */
  delayResponses(ms: number): void;
  /** Forwards requests and resets the connection instead of the response. */
  loseResponses(): void;
  /** Resets existing connections once. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

/** A TCP proxy on a free port of 127.0.0.1. Without a ready target, connections are reset. */
export async function startTcpProxy(options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const targets = new Targets(options.readiness);
  targets.replace(options.targets ?? []);
  const fault = new FaultSwitch();
  const connections = new Set<ProxiedConnection>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const connection = new ProxiedConnection(client, fault);
    connections.add(connection);
    client.once('close', () => connections.delete(connection));
    if (fault.now.kind === 'refuse') connection.break();
    else void connection.run(targets);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const cut = () => connections.forEach((connection) => connection.break());
  const setFault = (next: Fault) => fault.set(next);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return connections.size;
    },
    get readyTargets() {
      return targets.ready;
    },
    setTargets: (urls) => targets.replace(urls),
    refuse() {
      setFault({ kind: 'refuse' });
      cut();
    },
    hang: () => setFault({ kind: 'hang' }),
    drip: (bytesPerSecond) => setFault({ kind: 'drip', bytesPerSecond }),
    delayResponses: (ms) => setFault({ kind: 'delay', ms }),
    loseResponses: () => setFault({ kind: 'lose' }),
    heal: () => setFault({ kind: 'none' }),
    cut,
    async close() {
      targets.close();
      setFault({ kind: 'refuse' });
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
