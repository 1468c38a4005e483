import type { DeclinePolicy } from '../options/options';
import type { FinalOrder } from './final-orders';
import type { History, Operation } from './history';

/** Responses that the orders contradict, a sentence each. */
export interface HistoryBreaches {
  /** Acknowledged, but missing or in another state. */
  lost: string[];
  /** Rejected, but applied; also orders without an acknowledged request. */
  rejectedButApplied: string[];
  /** Unknown after all retries. */
  unresolved: string[];
  /** Two different results for one key. */
  contradicted: string[];
}

/**
 * Compares the responses of clients with the orders in the database: acknowledged ⊆ final, refused
 * ∩ final = ∅, nothing unknown.
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
      return keeps(operation, found, { ofOrder, decline })
        ? []
        : [`${describeOperation(operation)}; in the end: ${describeOrder(found)}`];
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

/**
 * Whether the order is what this acknowledgement promised, or what a later promise has made of it.
 */
function keeps(
  operation: Operation,
  order: FinalOrder | undefined,
  { ofOrder, decline }: { ofOrder: Operation[]; decline: DeclinePolicy },
): boolean {
  if (!order || order.status === null || order.userId !== operation.userId) return false;
  switch (operation.kind) {
    case 'create':
      return true;
    case 'pay':
      // 202 promises only that it will be decided. A decline may leave the order payable until it
      // expires.
      if (operation.responses.at(-1)?.status === 202)
        return order.status !== 'PENDING' || (decline === 'retry' && !order.isPaying);
      return order.status === 'CONFIRMED' || (isAdminCancelled(order) && wasAsked(ofOrder, 'admin_cancel'));
    case 'cancel':
    case 'admin_cancel':
      return order.status === 'CANCELLED';
    default:
      return operation.kind satisfies never;
  }
}

interface RefusedPayments {
  orderOf: Map<string, FinalOrder>;
  operationsOf: Map<string, Operation[]>;
  decline: DeclinePolicy;
}

function chargedAfterRejection(
  operations: Operation[],
  { orderOf, operationsOf, decline }: RefusedPayments,
): string[] {
  return operations
    .filter(isRefusedPayment)
    .filter((operation) => {
      const order = orderOf.get(operation.orderId ?? '');
      const others = (operationsOf.get(operation.orderId ?? '') ?? []).filter((one) => one !== operation);
      return !(order && isExplained(operation, order, { others, decline }));
    })
    .map(
      (operation) =>
        `${describeOperation(operation)}; in the end: ${describeOrder(orderOf.get(operation.orderId ?? ''))}`,
    );
}

function isRefusedPayment({ kind, responses }: Operation): boolean {
  const code = responses.at(-1)?.code;
  return kind === 'pay' && (code === 'payment_declined' || code === 'payment_not_possible');
}

/** Whether the order can be in this state after a permanently refused payment. */
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
    return others.some(({ kind, outcome }) => kind === 'pay' && outcome !== 'refused');
  return status === 'PENDING' || cancelReason === 'EXPIRED';
}

/**
 * Each order of our customers was acknowledged to them once; so a refused one, or a second one of a
 * key, shows here.
 */
function unacknowledgedOrders(operations: Operation[], orders: readonly FinalOrder[]): string[] {
  const ours = new Set(operations.map(({ userId }) => userId));
  const known = new Set(
    operations
      .filter(({ kind, outcome }) => kind === 'create' && outcome === 'acknowledged')
      .map(({ orderId }) => orderId),
  );
  return orders
    .filter(({ id, userId, status }) => status !== null && ours.has(userId) && !known.has(id))
    .map((order) => `${describeOrder(order)} of user ${order.userId} was not acknowledged to its client`);
}

/** An attempt that its client gave up for another one is resolved by that one. */
function isOpenPayment(operation: Operation, operationsOf: Map<string, Operation[]>): boolean {
  if (operation.kind !== 'pay' || operation.outcome !== 'unknown') return false;
  const later = operationsOf.get(operation.orderId ?? '') ?? [];
  return !later.some(({ kind, outcome }) => kind !== 'create' && outcome !== 'unknown');
}

function wasAsked(operations: Operation[], kind: Operation['kind']): boolean {
  return operations.some((operation) => operation.kind === kind);
}

function isAdminCancelled({ status, cancelReason }: FinalOrder): boolean {
  return status === 'CANCELLED' && cancelReason === 'ADMIN';
}

function describeOperation({ kind, client, checkout, key, orderId, outcome, responses }: Operation): string {
  const answers = responses.map(({ status, code }) =>
    [status ?? 'no response', code].filter(Boolean).join(' '),
  );
  return `client ${client}, checkout ${checkout}: ${kind} of order ${orderId ?? '?'} with key ${key} is ${outcome} (${answers.join(', ')})`;
}

function describeOrder(order: FinalOrder | undefined): string {
  if (!order) return 'no such order';
  return `order ${order.id} ${order.status ?? 'a draft'}${order.cancelReason ? ` (${order.cancelReason})` : ''}`;
}
