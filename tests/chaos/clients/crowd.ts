import { randomUUID } from 'node:crypto';
import type { History } from '../history/history';
import type { Timeline } from '../observation/timeline';
import type { Random } from '../random/random';
import { type Assortment, fillBasket } from '../shop/assortment';
import { type Account, registerAccount } from './account';
import { checkOut } from './checkout';
import type { Patience } from './perform';
import type { SendRequest } from './request';
import type { Scenario } from './scenario';

export interface CrowdInput {
  customers: readonly Account[];
  admin: Account;
  assortment: Assortment;
  history: History;
  timeline: Timeline;
  random: Random;
  /** Which way the next checkout takes. */
  choose: (random: Random) => Scenario;
  /** True when no checkout is to begin any more. */
  isEnough: (checkouts: number) => boolean;
  patience: Patience;
}

/** One in this many checkouts asks for each outcome once more. */
const repeatedOneIn = 8;
const registeredAtOnce = 8;

/** Many customers who check out repeatedly until `isEnough`. */
export async function runCrowd(input: CrowdInput): Promise<{ checkouts: number }> {
  const run = randomUUID().slice(0, 8);
  let begun = 0;
  let finished = 0;
  const live = async (customer: Account, client: number) => {
    const random = input.random.stream(`client-${client}`);
    while (!input.isEnough(begun)) {
      const checkout = begun++;
      const scenario = input.choose(random);
      const { admin, history, patience } = input;
      await checkOut({
        ...{ scenario, client, checkout, customer, admin, history, patience },
        key: `${run}-${checkout}`,
        lines: fillBasket(input.assortment, scenario, random),
        isRepeated: random.below(repeatedOneIn) === 0,
      });
      finished += 1;
      input.timeline.checkoutFinished();
    }
  };
  await Promise.all(input.customers.map(live));
  return { checkouts: finished };
}

/** New customers, in groups: password hashing is expensive. */
export async function registerCustomers(send: SendRequest, clients: number): Promise<Account[]> {
  const accounts: Account[] = [];
  while (accounts.length < clients) {
    const group = Math.min(registeredAtOnce, clients - accounts.length);
    accounts.push(...(await Promise.all(Array.from({ length: group }, () => registerAccount(send)))));
  }
  return accounts;
}
