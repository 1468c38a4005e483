import { mergeSorted } from '@shop/kit/operator';
import type { OrderCase, OrderedRecord } from './state-record';

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
