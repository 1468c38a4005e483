import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from '@shop/kit/logger';
import type { PlannableOperation } from '../execution/execution-request';
import { planKeyOf } from '../execution/plan-executor';
import type { SupergraphVersion } from './supergraph-version';

/** Per start or reload. Most plans take less than 10 ms. */
const maximumMs = 3_000;
/** Limits the memory: the plans of the previous version are still in use. */
const maximumOperations = 300;
/** Clients can send a name that is as long as a document. */
const longestLoggedName = 100;
const maximumLogged = 20;

/**
 * Plans operations in order before they are requested. An operation that was not planned within the
 * limits is planned at its first request; one that cannot be planned is then rejected.
 */
export async function planAhead(
  version: Pick<SupergraphVersion, 'id' | 'plan'>,
  operations: Iterable<PlannableOperation>,
  logger: Logger,
): Promise<void> {
  const endMs = performance.now() + maximumMs;
  const failed: string[] = [];
  const seen = new Set<string>();
  let planned = 0;
  for (const operation of operations) {
    if (performance.now() > endMs || planned >= maximumOperations) break;
    const key = planKeyOf(operation);
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      await version.plan(operation);
      planned += 1;
    } catch {
      failed.push((operation.operation.name?.value ?? '').slice(0, longestLoggedName));
    }
    // Lets the process serve requests.
    await pause();
  }
  logger.info('query plans prepared', { version: version.id, planned });
  if (failed.length === 0) return;
  logger.warn('operations cannot be planned by the supergraph', {
    ...{ version: version.id, count: failed.length, operations: failed.slice(0, maximumLogged) },
  });
}
