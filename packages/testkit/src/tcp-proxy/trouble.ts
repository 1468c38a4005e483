/** What a network does to the connections that go through it. */
export type Trouble =
  | { kind: 'none' }
  | { kind: 'refuse' }
  | { kind: 'hang' }
  | { kind: 'drip'; bytesPerSecond: number }
  | { kind: 'delay'; ms: number }
  | { kind: 'lose' };

/** The trouble of the moment, shared by all connections of a proxy; connections that wait hear of a change. */
export class TroubleSwitch {
  private trouble: Trouble = { kind: 'none' };
  private readonly waiting = new Set<() => void>();

  get now(): Trouble {
    return this.trouble;
  }

  turnTo(trouble: Trouble): void {
    this.trouble = trouble;
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
