import { operate } from '@shop/local-stack/containers';
import { eventually } from '@shop/testkit/eventually';

/** Reconciles everything in a container, repeatedly until the work in progress is finished. */
export function reconcileContainers({ timeoutMs = 120_000 } = {}): Promise<void> {
  return eventually(
    async () => {
      const code = await operate(['reconcile', '--all']);
      if (code !== 0) throw new Error(`reconcile found a breach or failed (code ${code})`);
    },
    { timeoutMs, intervalMs: 5_000 },
  );
}
