export interface TurnLimits {
  /** Works under way at once. */
  maximumUnderWay: number;
  /** Works that wait for their turn. */
  maximumWaiting: number;
}

/** The work was not begun: too many wait (`overloaded`), or it was not waited for any longer (`time_up`). */
export class NoTurn extends Error {
  constructor(readonly kind: 'overloaded' | 'time_up') {
    super(`no turn: ${kind}`);
    this.name = 'NoTurn';
  }
}

interface Waiter {
  begin(): void;
  refuse(kind: NoTurn['kind']): void;
}

/**
 * So many works at once. Those who wait are served client by client, each client's in the order that they came: a crowd behind one address
 * keeps nobody else waiting, and when the places to wait are used up, the client with the most of them loses its last.
 */
export class FairTurns {
  private underWay = 0;
  /** The client in front is next; none is empty. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: TurnLimits) {}

  /**
   * @param signal ends the wait for a turn; what is under way must watch it itself
   * @throws NoTurn when the work was not begun, or what the work throws
   */
  async take<T>(client: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.turnOf(client, signal);
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private turnOf(client: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new NoTurn('time_up'));
    if (this.underWay < this.limits.maximumUnderWay) {
      this.underWay += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.remove(client, waiter);
        reject(new NoTurn('time_up'));
      };
      const waiter: Waiter = {
        begin() {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
        refuse(kind) {
          signal.removeEventListener('abort', giveUp);
          reject(new NoTurn(kind));
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.add(client, waiter);
    });
  }

  /** To whoever is next, directly: nobody who comes now can be quicker. */
  private passOn(): void {
    const [next] = this.waiting;
    if (!next) {
      this.underWay -= 1;
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
