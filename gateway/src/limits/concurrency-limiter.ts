export interface ConcurrencyLimits {
  /** Maximum concurrent tasks. */
  maximumInFlight: number;
  /** Maximum tasks that wait. */
  maximumWaiting: number;
}

/** The task was not started: too many wait (`overloaded`), or its signal was aborted (`time_up`). */
export class NotStarted extends Error {
  constructor(readonly kind: 'overloaded' | 'time_up') {
    super(`not started: ${kind}`);
    this.name = 'NotStarted';
  }
}

interface Waiter {
  begin(): void;
  refuse(kind: NotStarted['kind']): void;
}

/**
 * Limits concurrent tasks. Waiting tasks start client by client, those of one client in their order: many tasks of one client do not
 * delay those of others. If too many wait, the last task of the client with the most of them is rejected.
 */
export class ConcurrencyLimiter {
  private inFlight = 0;
  /** The client in front is next; none is empty. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: ConcurrencyLimits) {}

  /**
   * @param signal ends the wait; a task that has started must observe it itself
   * @throws NotStarted, or what the task throws
   */
  async run<T>(client: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.enter(client, signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private enter(client: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new NotStarted('time_up'));
    if (this.inFlight < this.limits.maximumInFlight) {
      this.inFlight += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.remove(client, waiter);
        reject(new NotStarted('time_up'));
      };
      const waiter: Waiter = {
        begin() {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
        refuse(kind) {
          signal.removeEventListener('abort', giveUp);
          reject(new NotStarted(kind));
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.add(client, waiter);
    });
  }

  /** The slot goes to the next waiting task directly, so that a task that arrives now cannot take it. */
  private leave(): void {
    const [next] = this.waiting;
    if (!next) {
      this.inFlight -= 1;
      return;
    }
    const [client, [first, ...others]] = next;
    // To the end of the line of clients.
    this.waiting.delete(client);
    this.keep(client, others);
    first?.begin();
  }

  private add(client: string, waiter: Waiter): void {
    this.keep(client, [...(this.waiting.get(client) ?? []), waiter]);
    const waitingCount = [...this.waiting.values()].reduce((count, { length }) => count + length, 0);
    if (waitingCount > this.limits.maximumWaiting) this.refuseOne();
  }

  private refuseOne(): void {
    const clients = [...this.waiting];
    const [client, waiters] = clients.reduce((most, each) => (each[1].length > most[1].length ? each : most));
    const last = waiters.at(-1);
    if (!last) return;
    this.remove(client, last);
    last.refuse('overloaded');
  }

  private remove(client: string, waiter: Waiter): void {
    this.keep(client, this.waiting.get(client)?.filter((other) => other !== waiter) ?? []);
  }

  private keep(client: string, waiters: Waiter[]): void {
    if (waiters.length > 0) this.waiting.set(client, waiters);
    else this.waiting.delete(client);
  }
}
