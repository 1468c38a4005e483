/** A network fault that applies to the connections of a proxy. */
export type Fault =
  | { kind: 'none' }
  | { kind: 'refuse' }
  | { kind: 'hang' }
  | { kind: 'drip'; bytesPerSecond: number }
  | { kind: 'delay'; ms: number }
  | { kind: 'lose' };

/**
 * The current fault, shared by all connections of a proxy; waiting connections are notified of
 * changes.
 */
export class FaultSwitch {
  private fault: Fault = { kind: 'none' };
  private readonly waiting = new Set<() => void>();

  get now(): Fault {
    return this.fault;
  }

  setFault(fault: Fault): void {
    this.fault = fault;
    this.waiting.forEach((wake) => wake());
  }

  /** Resolves at the next change, or after `limitMs`. */
  changed(limitMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = limitMs === undefined ? undefined : setTimeout(wake, limitMs);
      this.waiting.add(wake);
    });
  }
}
