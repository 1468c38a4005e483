import type { DeclinePolicy } from '../options/options';
import type { FinalOrder } from './final-orders';
import type { History, Operation } from './history';

/** Responses that contradict the orders in the database, each described in a sentence. */
export interface HistoryBreaches {
  /** Acknowledged operations whose order is missing or in another state. */
  lost: string[];
  /** Rejected operations that were applied, and orders that were not acknowledged to their client. */
  rejectedButApplied: string[];
  /** Operations whose outcome is unknown after all retries. */
  unresolved: string[];
  /** Keys that returned two different results. */
  contradicted: string[];
}

/**
 * Compares the responses of clients with the orders in the database: every acknowledged
 * operation was applied, no rejected one was, and no outcome is unknown.
 */
export function checkHistory(
  history: History,
  orders: readonly FinalOrder[],
  decline: DeclinePolicy,
): HistoryBreaches {
  const { operations } = history;
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  const operationsOf = Map.groupBy(
    operations.filter(({ orderId }) => orderId !== null),
    ({ orderId }) => orderId!,
  );
  const acknowledged = operations.filter(({ outcome }) => outcome === 'acknowledged');
  return {
    lost: acknowledged.flatMap((operation) => {
      const found = orderOf.get(operation.orderId ?? '');
      const ofOrder = operationsOf.get(operation.orderId ?? '') ?? [];
      return isApplied(operation, found, { ofOrder, decline })
        ? []
        : [`${describeOperation(operation)}; final state: ${describeOrder(found)}`];
    }),
    rejectedButApplied: [
      ...chargedAfterRejection(operations, { orderOf, operationsOf, decline }),
      ...unacknowledgedOrders(operations, orders),
    ],
    unresolved: operations
      .filter(({ outcome, kind }) => outcome === 'unknown' && kind !== 'pay')
      .concat(operations.filter((operation) => isOpenPayment(operation, operationsOf)))
      .map(describeOperation),
    contradicted: operations.flatMap((operation) =>
      operation.contradictions.map((text) => `${describeOperation(operation)}: ${text}`),
    ),
  };
}

/** Whether the order has the acknowledged state, or one that a later acknowledged operation caused. */
function isApplied(
  operation: Operation,
  order: FinalOrder | undefined,
  { ofOrder, decline }: { ofOrder: Operation[]; decline: DeclinePolicy },
): boolean {
  if (!order || order.status === null || order.userId !== operation.userId) return false;
  switch (operation.kind) {
    case 'create':
      return true;
    case 'pay':
      // 202 acknowledges only that the payment will be decided. With PAYMENT_DECLINE=retry, a
      // declined order stays payable until it expires.
      if (operation.responses.at(-1)?.status === 202)
        return order.status !== 'PENDING' || (decline === 'retry' && !order.isPaying);
      return (
        order.status === 'CONFIRMED' || (isAdminCancelled(order) && wasRequested(ofOrder, 'admin_cancel'))
      );
    case 'cancel':
    case 'admin_cancel':
      return order.status === 'CANCELLED';
    default:
      return operation.kind satisfies never;
  }
}

interface RejectedPayments {
  orderOf: Map<string, FinalOrder>;
  operationsOf: Map<string, Operation[]>;
  decline: DeclinePolicy;
}

function chargedAfterRejection(
  operations: Operation[],
  { orderOf, operationsOf, decline }: RejectedPayments,
): string[] {
  return operations
    .filter(isRejectedPayment)
    .filter((operation) => {
      const order = orderOf.get(operation.orderId ?? '');
      const others = (operationsOf.get(operation.orderId ?? '') ?? []).filter((one) => one !== operation);
      return !(order && isExplained(operation, order, { others, decline }));
    })
    .map(
      (operation) =>
        `${describeOperation(operation)}; final state: ${describeOrder(orderOf.get(operation.orderId ?? ''))}`,
    );
}

function isRejectedPayment({ kind, responses }: Operation): boolean {
  const code = responses.at(-1)?.code;
  return kind === 'pay' && (code === 'payment_declined' || code === 'payment_not_possible');
}

/** Whether the order can be in this state after this payment was rejected finally. */
function isExplained(
  { responses }: Operation,
  { status, cancelReason }: FinalOrder,
  { others, decline }: { others: Operation[]; decline: DeclinePolicy },
): boolean {
  const isDeclined = responses.at(-1)?.code === 'payment_declined';
  if (isDeclined && cancelReason === 'PAYMENT_FAILED') return true;
  if (isDeclined && decline === 'cancel') return false;
  // The order was payable again: only another payment can have confirmed it.
  if (status === 'CONFIRMED')
    return others.some(({ kind, outcome }) => kind === 'pay' && outcome !== 'rejected');
  return status === 'PENDING' || cancelReason === 'EXPIRED';
}

/**
 * Every order must have been acknowledged to its customer. This finds orders whose creation was
 * rejected, and second orders of one key.
 */
function unacknowledgedOrders(operations: Operation[], orders: readonly FinalOrder[]): string[] {
  const customerIds = new Set(operations.map(({ userId }) => userId));
  const acknowledgedIds = new Set(
    operations
      .filter(({ kind, outcome }) => kind === 'create' && outcome === 'acknowledged')
      .map(({ orderId }) => orderId),
  );
  return orders
    .filter(
      ({ id, userId, status }) => status !== null && customerIds.has(userId) && !acknowledgedIds.has(id),
    )
    .map((order) => `${describeOrder(order)} of user ${order.userId} was not acknowledged to its client`);
}

/** An unknown payment is resolved if a later operation on the same order has a known outcome. */
function isOpenPayment(operation: Operation, operationsOf: Map<string, Operation[]>): boolean {
  if (operation.kind !== 'pay' || operation.outcome !== 'unknown') return false;
  const later = operationsOf.get(operation.orderId ?? '') ?? [];
  return !later.some(({ kind, outcome }) => kind !== 'create' && outcome !== 'unknown');
}

function wasRequested(operations: Operation[], kind: Operation['kind']): boolean {
  return operations.some((operation) => operation.kind === kind);
}

function isAdminCancelled({ status, cancelReason }: FinalOrder): boolean {
  return status === 'CANCELLED' && cancelReason === 'ADMIN';
}

function describeOperation({ kind, client, checkout, key, orderId, outcome, responses }: Operation): string {
  const attempts = responses.map(({ status, code }) =>
    [status ?? 'no response', code].filter(Boolean).join(' '),
  );
  return `client ${client}, checkout ${checkout}: ${kind} of order ${orderId ?? '?'} with key ${key} is ${outcome} (${attempts.join(', ')})`;
}

function describeOrder(order: FinalOrder | undefined): string {
  if (!order) return 'no such order';
  return `order ${order.id} ${order.status ?? 'a draft'}${order.cancelReason ? ` (${order.cancelReason})` : ''}`;
}
