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

/** Runs visits until `stop`: one keep-alive connection per customer, no retries. */
export function runLoad(input: { url: string; customers: number; productIds: readonly string[] }): Load {
  const { url, customers, productIds } = input;
  const failures: Failure[] = [];
  const startedAt = performance.now();
  let requests = 0;
  let isStopped = false;

  async function visitUntilStopped(): Promise<void> {
    const connection = openConnection(url);
    const customer = createCustomer(connection, (failure) =>
      failures.push({ atMs: Math.round(performance.now() - startedAt), ...failure }),
    );
    while (!isStopped) {
      requests += await customer.visit(productIds);
      await pause(pauseBetweenVisitsMs);
    }
    connection.close();
  }

  const visits = Array.from({ length: customers }, visitUntilStopped);
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
