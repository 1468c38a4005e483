/** What a network does to the connections that go through it. */
export type Fault =
  | { kind: 'none' }
  | { kind: 'refuse' }
  | { kind: 'hang' }
  | { kind: 'drip'; bytesPerSecond: number }
  | { kind: 'delay'; ms: number }
  | { kind: 'lose' };

/**
 * The trouble of the moment, shared by all connections of a proxy; connections that wait hear of a
 * change.
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

  /** Resolves at the next change, or after `limitMs` if there is none before. */
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
