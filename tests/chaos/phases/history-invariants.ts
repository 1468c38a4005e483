import { checkHistory } from '../history/check-history';
import { readFinalOrders } from '../history/final-orders';
import type { History } from '../history/history';
import type { DeclinePolicy } from '../options/options';
import { type InvariantResult, toInvariantResult } from '../report/invariant-result';

/** Invariants about the responses of clients, compared with the orders in the database. */
export async function checkHistoryInvariants(
  history: History,
  orderDatabaseUrl: string,
  decline: DeclinePolicy,
): Promise<InvariantResult[]> {
  const { lost, rejectedButApplied, unresolved, contradicted } = checkHistory(
    history,
    await readFinalOrders(orderDatabaseUrl),
    decline,
  );
  const { acknowledged, rejected } = history.outcomeCounts();
  const retried = history.operations.filter(({ responses }) => responses.length > 1).length;
  return [
    toInvariantResult(
      'every acknowledged operation is applied',
      `${acknowledged} acknowledged operations, ${lost.length} lost`,
      lost,
    ),
    toInvariantResult(
      'no rejected operation is applied',
      `${rejected} rejected operations, ${rejectedButApplied.length} applied`,
      rejectedButApplied,
    ),
    toInvariantResult(
      'every unknown outcome is resolved by retries',
      `${retried} operations were retried, ${unresolved.length} are still unknown`,
      unresolved,
    ),
    toInvariantResult('one result per key', `${contradicted.length} contradictions`, contradicted),
  ];
}
