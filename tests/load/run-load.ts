import { setTimeout as pause } from 'node:timers/promises';
import { openConnection } from './connection';
import { createCustomer, type Failure } from './customer';

export interface Load {
  /** Sent so far. */
  readonly requests: number;
  /** In order of time. */
  readonly failures: readonly Failure[];
  /** Waits for the visits in progress. */
  stop(): Promise<void>;
}

/** Limits the load. */
const pauseBetweenVisitsMs = 50;

/** A reader sends a request this often, unless the response takes longer. */
const readEveryMs = 200;

/**
 * Runs visits and reads until `stop`: one keep-alive connection per customer and reader, no retries.
 * @param input.readers connections that read products only, 5 times per second each
 */
export function runLoad(input: {
  url: string;
  customers: number;
  readers?: number;
  productIds: readonly string[];
}): Load {
  const { url, customers, readers = 0, productIds } = input;
  const failures: Failure[] = [];
  const startedAt = performance.now();
  let requests = 0;
  let isStopped = false;

  const fail = (failure: Omit<Failure, 'atMs'>) =>
    void failures.push({ atMs: Math.round(performance.now() - startedAt), ...failure });

  // Not `requests += await …`, which reads the number before the wait and loses that of others.
  const count = (sent: number) => void (requests += sent);

  async function visitUntilStopped(): Promise<void> {
    const connection = openConnection(url);
    const customer = createCustomer(connection, fail);
    while (!isStopped) {
      count(await customer.visit(productIds));
      await pause(pauseBetweenVisitsMs);
    }
    connection.close();
  }

  async function readUntilStopped(): Promise<void> {
    const connection = openConnection(url);
    const reader = createCustomer(connection, fail);
    while (!isStopped) {
      const next = pause(readEveryMs);
      count(await reader.read(productIds));
      await next;
    }
    connection.close();
  }

  const visits = [
    ...Array.from({ length: customers }, visitUntilStopped),
    ...Array.from({ length: readers }, readUntilStopped),
  ];
  return {
    get requests() {
      return requests;
    },
    failures,
    async stop() {
      isStopped = true;
      await Promise.all(visits);
    },
  };
}
