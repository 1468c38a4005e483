import { operate, type CommandResult } from '@shop/local-stack/containers';
import type { ReconcileReport } from '@shop/operations/reconcile';
import { eventually } from '@shop/testkit/eventually';

const deliveryTimeoutMs = 120_000;

/**
 * Reconciles everything in a container, repeatedly until all events are delivered: reconcile itself
 * reports an undelivered event only when it is old.
 *
 * @returns one line about what was checked
 * @throws Error with the breaches, or with the events that are not delivered after two minutes
 */
export function reconcileContainers(): Promise<string> {
  return reconcileUntilDelivered(operate);
}

/** As `reconcileContainers`, by a function that runs an operator command. */
export function reconcileUntilDelivered(
  operateBy: (args: readonly string[]) => Promise<CommandResult>,
): Promise<string> {
  return eventually(
    async () => {
      const { code, output, errors } = await operateBy(['reconcile', '--all', '--json']);
      if (output === '') throw new Error(`reconcile failed (code ${code}): ${errors}`);
      const report = JSON.parse(output) as ReconcileReport;
      const breaches = report.invariants.flatMap(({ examples }) => examples);
      if (code !== 0 || breaches.length > 0)
        throw new Error(`reconcile (code ${code}): ${breaches.join('; ')}`);
      const events = report.invariants.find(({ invariant }) => invariant === 'event-delivered');
      if (events?.inProgress !== 0)
        throw new Error(`events are not delivered: ${events?.inProgressExamples.join('; ')}`);
      const checked = report.invariants.map(({ invariant, checked: count }) => `${invariant} ${count}`);
      return `no breach (${checked.join(', ')})`;
    },
    { timeoutMs: deliveryTimeoutMs, intervalMs: 2_000 },
  );
}
