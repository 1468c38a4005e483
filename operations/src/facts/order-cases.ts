import { mergeSorted } from '@shop/kit/operator';
import type { OrderCase, OrderedFact } from './fact';

type OpenCase = OrderCase & { payments: OrderedFact[]; charges: OrderedFact[] };

/** Brings together what the services know about each order, holding one order at a time. */
export async function* orderCases(
  sequences: readonly AsyncIterable<OrderedFact>[],
): AsyncGenerator<OrderCase> {
  let open: OpenCase | undefined;
  for await (const fact of mergeSorted(sequences, ({ orderId }) => orderId)) {
    if (open?.orderId !== fact.orderId) {
      if (open) yield open;
      open = { orderId: fact.orderId, order: undefined, reservation: undefined, payments: [], charges: [] };
    }
    add(open, fact);
  }
  if (open) yield open;
}

function add(open: OpenCase, fact: OrderedFact): void {
  switch (fact.kind) {
    case 'order':
      open.order = fact;
      return;
    case 'reservation':
      open.reservation = fact;
      return;
    case 'payment':
      open.payments.push(fact);
      return;
    case 'charge':
      open.charges.push(fact);
      return;
    default:
      fact satisfies never;
  }
}
