/** The task was not started: too many wait (`overloaded`), or its signal was aborted. */
export class NotStarted extends Error {
  constructor(readonly kind: 'overloaded' | 'deadline_exceeded') {
    super(`not started: ${kind}`);
    this.name = 'NotStarted';
  }
}

interface Waiter {
  start(): void;
  reject(kind: NotStarted['kind']): void;
}

/**
 * Limits concurrent tasks with a queue for each client. Slots are assigned round-robin over the
 * clients, so that many tasks of one client do not delay those of others. If too many tasks wait,
 * the last task of the longest queue is rejected.
 */
export class ConcurrencyLimiter {
  private inFlight = 0;
  /** By client, in the order of service; no queue is empty. */
  private readonly queues = new Map<string, Waiter[]>();

  constructor(private readonly limits: { maximumInFlight: number; maximumWaiting: number }) {}

  /**
   * @param signal ends the wait; a task that has started must observe it itself
   * @throws NotStarted, or what the task throws
   */
  async run<T>(client: string, task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.acquire(client, signal);
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  private acquire(client: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new NotStarted('deadline_exceeded'));
    if (this.inFlight < this.limits.maximumInFlight) {
      this.inFlight += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => waiter.reject('deadline_exceeded');
      const waiter: Waiter = {
        start() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        reject: (kind) => {
          signal.removeEventListener('abort', onAbort);
          this.setQueue(
            client,
            this.queueOf(client).filter((other) => other !== waiter),
          );
          reject(new NotStarted(kind));
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.setQueue(client, [...this.queueOf(client), waiter]);
      this.limitWaiting();
    });
  }

  /** Passes the slot to the next waiting task, so that a task that arrives now cannot take it. */
  private release(): void {
    const [next] = this.queues;
    if (!next) {
      this.inFlight -= 1;
      return;
    }
    const [client, [first, ...others]] = next;
    // Deleted first, because a Map keeps the order of insertion: the client becomes the last.
    this.queues.delete(client);
    this.setQueue(client, others);
    first?.start();
  }

  private limitWaiting(): void {
    const queues = [...this.queues.values()];
    const waiting = queues.reduce((count, { length }) => count + length, 0);
    if (waiting <= this.limits.maximumWaiting) return;
    const longest = queues.reduce((most, queue) => (queue.length > most.length ? queue : most));
    longest.at(-1)?.reject('overloaded');
  }

  private queueOf(client: string): Waiter[] {
    return this.queues.get(client) ?? [];
  }

  private setQueue(client: string, queue: Waiter[]): void {
    if (queue.length > 0) this.queues.set(client, queue);
    else this.queues.delete(client);
  }
}
