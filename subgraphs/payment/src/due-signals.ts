import type { DuePoller } from '@shop/kit/due-rows';

/** Work that a request makes due at once. */
export type SignalledWork = 'payments' | 'refunds' | 'webhooks';

/** Wakes the pollers, which start after the services that make rows due. Without a poller a signal has no effect. */
export class DueSignals {
  private readonly pollers = new Map<SignalledWork, DuePoller>();

  connect(work: SignalledWork, poller: DuePoller): void {
    this.pollers.set(work, poller);
  }

  /** Call it after the commit. */
  wake(work: SignalledWork): void {
    this.pollers.get(work)?.wake();
  }
}
