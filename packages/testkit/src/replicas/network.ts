import { freePorts } from '@shop/local-stack/ports';
import { recordOf, serviceNames, type ServiceName, type StackOptions } from '@shop/local-stack/stack';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy';

/** The network of a stack: each service is reached through its proxy. */
export interface Network {
  readonly proxies: Readonly<Record<ServiceName, TcpProxy>>;
  /** Options for `startStack`. */
  readonly placement: Required<Pick<StackOptions, 'ports' | 'replicaPorts' | 'urls'>>;
  close(): Promise<void>;
}

/** Interval of the readiness probes. DRAIN_DELAY_MS must be longer. */
const readiness = { path: '/readyz', everyMs: 100 };

/** @param replicas processes of each service; new connections go to ready ones */
export async function createNetwork(replicas: number): Promise<Network> {
  const found = await freePorts(serviceNames.length * replicas);
  const ports = recordOf(serviceNames, () => found.splice(0, replicas));
  const started = serviceNames.map(async (name) => {
    const targets = ports[name].map((port) => `http://127.0.0.1:${port}`);
    return [name, await startTcpProxy({ targets, ...(replicas > 1 && { readiness }) })] as const;
  });
  const proxies = Object.fromEntries(await Promise.all(started)) as Record<ServiceName, TcpProxy>;
  return {
    proxies,
    placement: {
      ports: recordOf(serviceNames, (name) => ports[name][0] as number),
      replicaPorts: recordOf(serviceNames, (name) => ports[name].slice(1)),
      urls: recordOf(serviceNames, (name) => proxies[name].url),
    },
    async close() {
      await Promise.all(serviceNames.map((name) => proxies[name].close()));
    },
  };
}
