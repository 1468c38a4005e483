import type { StackService } from '@shop/local-stack/stack';
import { eventually } from '../eventually';
import type { Network } from './network';

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
