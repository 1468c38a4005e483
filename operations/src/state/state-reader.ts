import { ServiceError } from '../service-error';
import {
  endRecord,
  orderedRecord,
  type OrderedRecord,
  singleRecord,
  type SingleRecord,
  snapshotRecord,
} from './state-record';

/**
 * The records of one service, each read once: the moment, then the single ones, then those of
 * orders.
 */
export interface StateReader {
  service: string;
  snapshot(): Promise<{ atMs: number }>;
  singles(): AsyncGenerator<SingleRecord>;
  /** By order. Call it when the single ones are read. */
  byOrder(): AsyncGenerator<OrderedRecord>;
  close(): Promise<void>;
}

/**
 * @param records as the service told them; what does not keep to the contract throws ServiceError
 */
export function readRecords(service: string, records: AsyncIterable<unknown>): StateReader {
  const iterator = records[Symbol.asyncIterator]();
  let taken = 0;
  let waiting: unknown;

  const fail = (reason: string): never => {
    throw new ServiceError(`${service}: ${reason}`);
  };
  const next = async (): Promise<unknown> => {
    const { done, value } = (await iterator.next()) as IteratorResult<unknown, undefined>;
    return done ? fail('its records were cut off') : value;
  };

  return {
    service,
    async snapshot() {
      const head = snapshotRecord.safeParse(await next());
      return head.success ? head.data : fail('its records do not begin with their moment');
    },
    async *singles() {
      for (;;) {
        const value = await next();
        const record = singleRecord.safeParse(value);
        if (!record.success) {
          waiting = value;
          return;
        }
        taken += 1;
        yield record.data;
      }
    },
    async *byOrder() {
      let latest = '';
      for (let value = waiting; ; value = await next()) {
        const record = orderedRecord.safeParse(value);
        if (!record.success) {
          const end = endRecord.safeParse(value);
          return end.success && end.data.records === taken ? undefined : fail('its records are not readable');
        }
        if (record.data.orderId < latest) fail('its records are not in the order of the orders');
        latest = record.data.orderId;
        taken += 1;
        yield record.data;
      }
    },
    close: async () => void (await iterator.return?.()),
  };
}
