import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ProxiedConnection } from './connection';
import { type Readiness, Targets } from './targets';
import { type Fault, FaultSwitch } from './fault';

export interface TcpProxyOptions {
  /**
   * URLs of any scheme; only their host and port count, and both must be there. Left out: nobody is
   * ready until `leadTo`.
   */
  targets?: readonly string[];
  /** Left out: every target counts as ready. A target given with it must first be found ready. */
  readiness?: Readiness;
}

/**
 * A network between two processes. It knows connections, not requests: a kept-alive connection
 * stays with its target, as behind a load balancer. One trouble at a time; the next replaces it.
 */
export interface TcpProxy {
  readonly port: number;
  /** http://127.0.0.1:port */
  readonly url: string;
  /** How many clients are connected. */
  readonly connections: number;
  /** Origins that get new connections now. */
  readonly readyTargets: readonly string[];
  /**
   * New connections go to these, round robin; the next is tried where one cannot be opened.
   * Existing ones stay.
   */
  leadTo(targets: readonly string[]): void;
  /** New connections are reset, existing ones cut. */
  refuse(): void;
  /**
   * Accepts, and forwards nothing either way, also on existing connections. What was held goes on
   * at `heal()`.
   */
  hang(): void;
  /** Answers trickle. */
  drip(bytesPerSecond: number): void;
  /** The first byte of each answer comes this much later. */
  delayResponses(ms: number): void;
  /** Requests arrive; in place of the answer the connection breaks. */
  loseResponses(): void;
  /** Resets the connections there are, once. */
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
  const setFault = (next: Fault) => fault.setFault(next);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return connections.size;
    },
    get readyTargets() {
      return targets.ready;
    },
    leadTo: (urls) => targets.replace(urls),
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
