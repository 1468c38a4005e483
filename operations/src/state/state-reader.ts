import { mergeSorted } from '@shop/kit/operator';
import { ServiceError } from '../operator-program';
import {
  endRecord,
  type OrderCase,
  orderedRecord,
  type OrderedRecord,
  singleRecord,
  type SingleRecord,
  snapshotRecord,
} from './state-record';

/**
 * Reads the records of one service once, in order: the snapshot, the single records, the records of
 * orders.
 */
export interface StateReader {
  service: string;
  snapshot(): Promise<{ atMs: number }>;
  singles(): AsyncGenerator<SingleRecord>;
  /** Sorted by order ID. Call it after `singles` has ended. */
  byOrder(): AsyncGenerator<OrderedRecord>;
  close(): Promise<void>;
}

/** @param records the output of the service; invalid records throw ServiceError */
export function readRecords(service: string, records: AsyncIterable<unknown>): StateReader {
  const iterator = records[Symbol.asyncIterator]();
  let taken = 0;
  let waiting: unknown;

  const fail = (reason: string): never => {
    throw new ServiceError(`${service}: ${reason}`);
  };
  const next = async (): Promise<unknown> => {
    const { done, value } = (await iterator.next()) as IteratorResult<unknown, undefined>;
    return done ? fail('its export is incomplete') : value;
  };

  return {
    service,
    async snapshot() {
      const head = snapshotRecord.safeParse(await next());
      return head.success ? head.data : fail('its export does not start with a snapshot record');
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
          return end.success && end.data.records === taken
            ? undefined
            : fail('its export has an invalid record');
        }
        if (record.data.orderId < latest) fail('its records are not sorted by order ID');
        latest = record.data.orderId;
        taken += 1;
        yield record.data;
      }
    },
    close: async () => void (await iterator.return?.()),
  };
}

type OpenCase = OrderCase & { payments: OrderedRecord[]; charges: OrderedRecord[] };

/** Groups the records of all services by order; holds one order at a time. */
export async function* orderCases(
  sequences: readonly AsyncIterable<OrderedRecord>[],
): AsyncGenerator<OrderCase> {
  let open: OpenCase | undefined;
  for await (const record of mergeSorted(sequences, ({ orderId }) => orderId)) {
    if (open?.orderId !== record.orderId) {
      if (open) yield open;
      open = { orderId: record.orderId, order: undefined, reservation: undefined, payments: [], charges: [] };
    }
    add(open, record);
  }
  if (open) yield open;
}

function add(open: OpenCase, record: OrderedRecord): void {
  switch (record.kind) {
    case 'order':
      open.order = record;
      return;
    case 'reservation':
      open.reservation = record;
      return;
    case 'payment':
      open.payments.push(record);
      return;
    case 'charge':
      open.charges.push(record);
      return;
    default:
      record satisfies never;
  }
}
