import { serviceNames } from '@shop/local-stack/stack';
import { eventually } from '../eventually';
import { startTestStack, type TestStack, type TestStackOptions } from '../stack';
import { createNetwork, type Network } from './network';

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
