import { ServiceError } from '../service-error';
import { endFact, orderedFact, type OrderedFact, singleFact, type SingleFact, snapshotFact } from './fact';

/** The facts of one service, each read once: the moment, then the single ones, then those of orders. */
export interface FactReader {
  service: string;
  snapshot(): Promise<{ atMs: number }>;
  singles(): AsyncGenerator<SingleFact>;
  /** By order. Call it when the single ones are read. */
  byOrder(): AsyncGenerator<OrderedFact>;
  close(): Promise<void>;
}

/** @param facts as the service told them; what does not keep to the contract throws ServiceError */
export function readFacts(service: string, facts: AsyncIterable<unknown>): FactReader {
  const iterator = facts[Symbol.asyncIterator]();
  let taken = 0;
  let waiting: unknown;

  const fail = (reason: string): never => {
    throw new ServiceError(`${service}: ${reason}`);
  };
  const next = async (): Promise<unknown> => {
    const { done, value } = (await iterator.next()) as IteratorResult<unknown, undefined>;
    return done ? fail('its facts were cut off') : value;
  };

  return {
    service,
    async snapshot() {
      const head = snapshotFact.safeParse(await next());
      return head.success ? head.data : fail('its facts do not begin with their moment');
    },
    async *singles() {
      for (;;) {
        const value = await next();
        const fact = singleFact.safeParse(value);
        if (!fact.success) {
          waiting = value;
          return;
        }
        taken += 1;
        yield fact.data;
      }
    },
    async *byOrder() {
      let latest = '';
      for (let value = waiting; ; value = await next()) {
        const fact = orderedFact.safeParse(value);
        if (!fact.success) {
          const end = endFact.safeParse(value);
          return end.success && end.data.facts === taken ? undefined : fail('its facts are not readable');
        }
        if (fact.data.orderId < latest) fail('its facts are not in the order of the orders');
        latest = fact.data.orderId;
        taken += 1;
        yield fact.data;
      }
    },
    close: async () => void (await iterator.return?.()),
  };
}
