import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceName, SupervisedProcess } from '@shop/local-stack/stack';
import type { TcpProxy } from '@shop/testkit/tcp-proxy';
import type { Timeline } from '../observation/timeline';
import type { ChaosShop } from '../shop/chaos-shop';
import { restartAfterExit } from './restart-after-exit';

/** An injected fault; `run` resolves when it has ended. */
export interface Fault {
  name: string;
  run(shop: ChaosShop, timeline: Timeline): Promise<void>;
}

/** Stops a process and continues it later, like a swapping host or a paused virtual machine. */
export function freeze(service: ServiceName, durationMs: number): Fault {
  const name = `${service} stopped for ${durationMs / 1_000} s`;
  return {
    name,
    async run({ stack }, timeline) {
      const end = timeline.unavailable(service, name);
      stack.services[service].kill('SIGSTOP');
      await pause(durationMs);
      stack.services[service].kill('SIGCONT');
      end();
    },
  };
}

export function kill(service: ServiceName): Fault {
  return {
    name: `${service} killed`,
    async run({ stack }, timeline) {
      const end = timeline.outage(service, 'SIGKILL');
      await killAndRestart(stack.services[service], 'SIGKILL');
      end();
    },
  };
}

/**
 * SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, all connections are closed, and the next
 * start runs recovery.
 */
export const crashDatabase: Fault = {
  name: 'PostgreSQL crashes',
  async run({ stack }, timeline) {
    const end = timeline.outage('PostgreSQL', 'immediate shutdown');
    await killAndRestart(stack.postgres!, 'SIGQUIT');
    end();
  },
};

export function stopDatabase(durationMs: number): Fault {
  const name = `PostgreSQL stopped for ${durationMs / 1_000} s`;
  return {
    name,
    async run({ stack }, timeline) {
      const end = timeline.unavailable('PostgreSQL', name);
      await stack.postgres!.stop();
      await pause(durationMs);
      await stack.postgres!.start();
      end();
    },
  };
}

const networkFaults = {
  'refuses connections': (proxy) => proxy.refuse(),
  hangs: (proxy) => proxy.hang(),
  drips: (proxy) => proxy.drip(200),
  'delays responses': (proxy) => proxy.delayResponses(700),
  'loses responses': (proxy) => proxy.loseResponses(),
  'cuts connections': (proxy) => proxy.cut(),
} satisfies Record<string, (proxy: TcpProxy) => void>;

export type NetworkFault = keyof typeof networkFaults;
export const networkFaultNames = Object.keys(networkFaults) as NetworkFault[];

/** Injects a network fault between the clients of a service and the service. */
export function disruptNetwork(service: ServiceName, networkFault: NetworkFault, durationMs: number): Fault {
  const name = `network of ${service} ${networkFault} for ${durationMs / 1_000} s`;
  return {
    name,
    async run({ network }, timeline) {
      const end = timeline.unavailable(service, name);
      networkFaults[networkFault](network.proxies[service]);
      await pause(durationMs);
      network.proxies[service].heal();
      end();
    },
  };
}

async function killAndRestart(process: SupervisedProcess, signal: NodeJS.Signals): Promise<void> {
  const { pid } = process;
  process.kill(signal);
  await restartAfterExit(process, pid);
}
