import { freePorts } from '@shop/local-stack/ports';
import {
  recordOf,
  serviceNames,
  type ServiceName,
  type StackOptions,
  type StackService,
} from '@shop/local-stack/stack';
import { eventually } from './eventually';
import { startTestStack, type TestStack, type TestStackOptions } from './stack';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';

/** The network of a stack: each service is reached through its proxy. */
export interface Network {
  readonly proxies: Readonly<Record<ServiceName, TcpProxy>>;
  /** Options for `startStack`. */
  readonly placement: Required<Pick<StackOptions, 'ports' | 'replicaPorts' | 'urls'>>;
  close(): Promise<void>;
}

/** Interval of the readiness probes. DRAIN_DELAY_MS must be longer. */
const readiness = { path: '/readyz', everyMs: 100 };

/** @param replicas number of processes of each service; new connections go to ready ones */
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

/**
 * A shop whose services have several processes each: `services` has the first of each, `replicas`
 * all.
 */
export type ReplicatedStack = TestStack & Pick<Network, 'proxies'>;

export interface ReplicatedStackOptions extends Omit<TestStackOptions, keyof Network['placement']> {
  /** Processes of each service. Default 2. */
  replicas?: number;
}

/**
 * `startTestStack` with several processes of each service behind load balancers, which route
 * connections to ready ones.
 */
export async function startReplicatedStack(options: ReplicatedStackOptions = {}): Promise<ReplicatedStack> {
  const { replicas = 2, ...rest } = options;
  const { proxies, placement, close } = await createNetwork(replicas);
  try {
    const stack = await startTestStack({ ...rest, ...placement });
    await eventually(() => requireAllReady(stack, proxies), { timeoutMs: 60_000 });
    const stop = async () => {
      await stack.stop();
      await close();
    };
    return { ...stack, proxies, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

function requireAllReady(stack: TestStack, proxies: Network['proxies']): void {
  for (const name of serviceNames) {
    if (proxies[name].readyTargets.length < stack.replicas[name].length)
      throw new Error(`not every process of ${name} is ready`);
  }
}

const replacedWithinMs = 60_000;

/**
 * Stops a process by a signal, like a rolling update, and waits until its replacement gets
 * connections.
 *
 * await replaceProcess(stack, stack.replicas.order[1]);
 */
export async function replaceProcess(
  { proxies }: Pick<Network, 'proxies'>,
  service: StackService,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  const { pid: former } = service;
  const limit = { timeoutMs: replacedWithinMs };
  service.kill(signal);
  await eventually(() => {
    if (service.pid === undefined || service.pid === former)
      throw new Error(`${service.name} (process ${former}) was not replaced`);
  }, limit);
  await service.start();
  await eventually(() => {
    if (!proxies[service.name].readyTargets.includes(service.url))
      throw new Error(`${service.name} (${service.url}) is not ready`);
  }, limit);
}
