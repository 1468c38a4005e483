import { freePorts } from '@shop/local-stack/ports';
import { recordOf, serviceNames, type ServiceName } from '@shop/local-stack/stack';
import { eventually } from '../eventually';
import { startTestStack, type TestStack, type TestStackOptions } from '../stack';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy';

/** A shop whose services have several processes each. `services` are the first of each; `replicas` all of them. */
export interface ReplicatedStack extends TestStack {
  /** Where everybody reaches a service; `gatewayUrl` is the gateway's. */
  readonly balancers: Readonly<Record<ServiceName, TcpProxy>>;
}

export interface ReplicatedStackOptions extends Omit<TestStackOptions, 'ports' | 'replicaPorts' | 'urls'> {
  /** Processes of each service. Default 2. */
  replicas?: number;
}

/** How often a load balancer asks who is ready. DRAIN_DELAY_MS must be longer. */
const readiness = { path: '/readyz', everyMs: 100 };

/** `startTestStack` with several processes of each service behind load balancers, which send connections to those that are ready. */
export async function startReplicatedStack(options: ReplicatedStackOptions = {}): Promise<ReplicatedStack> {
  const { replicas = 2, ...rest } = options;
  const found = await freePorts(serviceNames.length * replicas);
  const ports = recordOf(serviceNames, () => found.splice(0, replicas));
  const balancers = await balance(ports);
  const close = () => Promise.all(serviceNames.map((name) => balancers[name].close()));
  try {
    const stack = await startTestStack({
      ...rest,
      ports: recordOf(serviceNames, (name) => ports[name][0] as number),
      replicaPorts: recordOf(serviceNames, (name) => ports[name].slice(1)),
      urls: recordOf(serviceNames, (name) => balancers[name].url),
    });
    await eventually(() => requireAllReady(stack, balancers));
    const stop = async () => {
      await stack.stop();
      await close();
    };
    return { ...stack, balancers, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

async function balance(ports: Record<ServiceName, number[]>): Promise<Record<ServiceName, TcpProxy>> {
  const entries = serviceNames.map(async (name) => {
    const targets = ports[name].map((port) => `http://127.0.0.1:${port}`);
    return [name, await startTcpProxy({ targets, readiness })] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<ServiceName, TcpProxy>;
}

function requireAllReady(stack: TestStack, balancers: Record<ServiceName, TcpProxy>): void {
  for (const name of serviceNames) {
    if (balancers[name].readyTargets.length < stack.replicas[name].length)
      throw new Error(`not every process of ${name} is ready`);
  }
}
