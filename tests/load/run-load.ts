import { setTimeout as pause } from 'node:timers/promises';
import { openConnection } from './connection';
import { createCustomer, type Failure } from './customer';

export interface Load {
  /** Made so far. */
  readonly requests: number;
  /** In the order they happened in. */
  readonly failures: readonly Failure[];
  /** Visits under way are finished. */
  stop(): Promise<void>;
}

/** Bounds the load: a customer thinks for this long between two visits. */
const pauseBetweenVisitsMs = 50;

/**
 * Customers who visit the shop one time after the other, each over a kept-alive connection of its own, until `stop`. Nothing is
 * asked twice.
 */
export function runLoad(input: { url: string; customers: number; productIds: readonly string[] }): Load {
  const { url, customers, productIds } = input;
  const failures: Failure[] = [];
  const beganAt = performance.now();
  let requests = 0;
  let isOver = false;

  async function visitUntilOver(): Promise<void> {
    const connection = openConnection(url);
    const customer = createCustomer(connection, (failure) =>
      failures.push({ atMs: Math.round(performance.now() - beganAt), ...failure }),
    );
    while (!isOver) {
      requests += await customer.visit(productIds);
      await pause(pauseBetweenVisitsMs);
    }
    connection.close();
  }

  const visits = Array.from({ length: customers }, visitUntilOver);
  return {
    get requests() {
      return requests;
    },
    failures,
    async stop() {
      isOver = true;
      await Promise.all(visits);
    },
  };
}
