import { randomUUID } from 'node:crypto';
import type { History } from '../history/history';
import type { Timeline } from '../observation/timeline';
import type { Random } from '../random/random';
import { type Assortment, fillBasket } from '../shop/assortment';
import { type Account, registerAccount } from './account';
import { checkOut } from './checkout';
import type { RetryLimits } from './perform';
import type { SendRequest } from './request';
import type { Scenario } from './scenario';

export interface CustomersInput {
  customers: readonly Account[];
  admin: Account;
  assortment: Assortment;
  history: History;
  timeline: Timeline;
  random: Random;
  /** Chooses the scenario of the next checkout. */
  choose: (random: Random) => Scenario;
  /** True when no further checkout starts. */
  isEnough: (checkouts: number) => boolean;
  retryLimits: RetryLimits;
}

/** One of this many checkouts repeats each operation. */
const repeatedOneIn = 8;
const registrationBatchSize = 8;

/** Runs many customers, who check out repeatedly until `isEnough` returns true. */
export async function runCustomers(input: CustomersInput): Promise<{ checkouts: number }> {
  const run = randomUUID().slice(0, 8);
  let started = 0;
  let finished = 0;
  const runCustomer = async (customer: Account, client: number) => {
    const random = input.random.stream(`client-${client}`);
    while (!input.isEnough(started)) {
      const checkout = started++;
      const scenario = input.choose(random);
      const { admin, history, retryLimits } = input;
      await checkOut({
        ...{ scenario, client, checkout, customer, admin, history, retryLimits },
        key: `${run}-${checkout}`,
        lines: fillBasket(input.assortment, scenario, random),
        isRepeated: random.below(repeatedOneIn) === 0,
      });
      finished += 1;
      input.timeline.checkoutFinished();
    }
  };
  await Promise.all(input.customers.map(runCustomer));
  return { checkouts: finished };
}

/** Registers customers in groups, because password hashing is expensive. */
export async function registerCustomers(send: SendRequest, clients: number): Promise<Account[]> {
  const accounts: Account[] = [];
  while (accounts.length < clients) {
    const group = Math.min(registrationBatchSize, clients - accounts.length);
    accounts.push(...(await Promise.all(Array.from({ length: group }, () => registerAccount(send)))));
  }
  return accounts;
}
