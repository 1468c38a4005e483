import { checkHistory } from '../history/check-history';
import { readFinalOrders } from '../history/final-orders';
import type { History } from '../history/history';
import type { DeclinePolicy } from '../options/options';
import { type Finding, findingOf } from '../report/finding';

/** The promises about the responses of clients, compared with the orders in the database. */
export async function findingsOfHistory(
  history: History,
  orderDatabaseUrl: string,
  decline: DeclinePolicy,
): Promise<Finding[]> {
  const { lost, undead, unresolved, contradicted } = checkHistory(
    history,
    await readFinalOrders(orderDatabaseUrl),
    decline,
  );
  const { acknowledged, refused } = history.outcomeCounts();
  const asked = history.operations.filter(({ responses }) => responses.length > 1).length;
  return [
    findingOf('acknowledged ⊆ final', `${acknowledged} acknowledged operations, ${lost.length} lost`, lost),
    findingOf(
      'definitely failed ∩ final = ∅',
      `${refused} refused, ${undead.length} done all the same`,
      undead,
    ),
    findingOf(
      'unknown is resolved',
      `${asked} operations were asked for again, ${unresolved.length} are still unknown`,
      unresolved,
    ),
    findingOf('one result per key', `${contradicted.length} contradictions`, contradicted),
  ];
}
