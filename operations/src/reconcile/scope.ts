import type { OperatedShop } from '@shop/local-stack/operate';
import { changedRecord, endRecord, snapshotRecord } from '../state/state-record';
import { ServiceError } from '../service-error';
import { runOperatorProgram } from './operator-program';

type Programs = OperatedShop['programs'];

/** The services that store data of orders. */
const services = ['product', 'order', 'payment'] as const;

/** Orders that have changed in at least one service. */
export interface ChangedOrders {
  /** When the first service was queried. */
  asOfMs: number;
  /** Null if more than `maximum`. */
  orderIds: readonly string[] | null;
}

/**
 * Orders that have changed since, or are undecided, in any service. An order is compared as a
 * whole, so a change in one service is enough.
 *
 * @param asksProviders also includes changes of the providers' records
 * @throws ServiceError naming the services that could not be read
 */
export async function findChangedOrders(
  programs: Programs,
  { since, maximum, asksProviders }: { since: Date; maximum: number; asksProviders: boolean },
): Promise<ChangedOrders> {
  const orderIds = new Set<string>();
  const read = async (service: (typeof services)[number]): Promise<number> => {
    const args = ['changes', String(since.getTime())];
    if (asksProviders && service === 'payment') args.push('--provider');
    const lines = runOperatorProgram(service, programs[service], args);
    let atMs: number | undefined;
    for await (const line of lines) {
      const changed = changedRecord.safeParse(line);
      if (changed.success) orderIds.add(changed.data.orderId);
      else if (atMs === undefined) atMs = snapshotRecord.parse(line).atMs;
      else if (endRecord.safeParse(line).success) return atMs;
      if (orderIds.size > maximum) return atMs ?? 0;
    }
    throw new ServiceError(`${service}: the output of its changes command is incomplete`);
  };
  const results = await Promise.allSettled(services.map(read));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  if (failures.length > 0) throw new ServiceError(failures.map(({ message }) => message).join('\n'));
  const moments = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    asOfMs: Math.min(...moments),
    orderIds: orderIds.size > maximum ? null : [...orderIds],
  };
}
