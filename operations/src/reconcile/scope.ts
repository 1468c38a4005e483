import type { OperatedShop } from '@shop/local-stack/operate';
import { z } from 'zod';
import { longestAllowanceMs } from '../invariants/invariant';
import { runOperatorProgram, ServiceError, settleAll } from '../operator-program';
import { changedRecord, endRecord, snapshotRecord } from '../state/state-record';

type Programs = OperatedShop['programs'];

/** The scope of a run: the orders that changed `since`, or everything. */
export interface Scope {
  since: Date | null;
  orderIds: readonly string[] | null;
  /** Changes before this time are compared; null: changes before the time of the report. */
  asOfMs: number | null;
}

export const everything: Scope = { since: null, orderIds: null, asOfMs: null };

/** Margin for clock skew, and for transactions that were open when the snapshot was taken. */
const marginMs = 15 * 60_000;

/** Above this number of changed orders everything is read, because it is not slower. */
const maximumChanged = 100_000;

/** The services that store data of orders. */
const services = ['product', 'order', 'payment'] as const;

/**
 * The orders that have changed since the given time, or since the last run without a breach; or
 * that are undecided. Everything if there was no such run or too many orders have changed.
 *
 * @throws ServiceError naming the services that could not be read
 */
export async function chooseScope(
  programs: Programs,
  given: Date | undefined,
  includesProviders: boolean,
): Promise<Scope> {
  const owner = includesProviders ? 'payment' : 'order';
  // Continues on errors here, because reading the records reports every unavailable service.
  const cleanUntil = given ?? (await readWatermark(programs, owner).catch(() => null));
  if (!cleanUntil) return everything;
  const since = given ?? new Date(cleanUntil.getTime() - longestAllowanceMs - marginMs);
  const { orderIds, asOfMs } = await findChangedOrders(programs, since, includesProviders);
  return orderIds.size > maximumChanged ? everything : { since, orderIds: [...orderIds], asOfMs };
}

/** An order is compared as a whole, so a change in one service is enough. */
async function findChangedOrders(programs: Programs, since: Date, includesProviders: boolean) {
  const orderIds = new Set<string>();
  const read = async (service: (typeof services)[number]): Promise<number> => {
    const args = ['changes', String(since.getTime())];
    if (includesProviders && service === 'payment') args.push('--provider');
    let atMs: number | undefined;
    for await (const line of runOperatorProgram(service, programs[service], args)) {
      const changed = changedRecord.safeParse(line);
      if (changed.success) orderIds.add(changed.data.orderId);
      else if (atMs === undefined) atMs = snapshotRecord.parse(line).atMs;
      else if (endRecord.safeParse(line).success) return atMs;
      if (orderIds.size > maximumChanged) return atMs ?? 0;
    }
    throw new ServiceError(`${service}: the output of its changes command is incomplete`);
  };
  const moments = await settleAll(services.map(read));
  return { asOfMs: Math.min(...moments), orderIds };
}

const shownWatermark = z.object({ cleanUntilMs: z.number().nullable() });

/**
 * `--provider` compares the changes at the providers since the last such run, so it has a separate
 * watermark, in the database of payment.
 */
type WatermarkOwner = 'order' | 'payment';

/** Time of the last run without a breach; null if none. */
async function readWatermark(programs: Programs, owner: WatermarkOwner): Promise<Date | null> {
  let cleanUntilMs: number | null = null;
  for await (const line of runOperatorProgram(owner, programs[owner], ['watermark', 'show']))
    cleanUntilMs = shownWatermark.parse(line).cleanUntilMs;
  return cleanUntilMs === null ? null : new Date(cleanUntilMs);
}

export async function raiseWatermark(
  programs: Programs,
  owner: WatermarkOwner,
  cleanUntilMs: number,
): Promise<void> {
  const args = ['watermark', 'raise', String(Math.floor(cleanUntilMs))];
  for await (const _line of runOperatorProgram(owner, programs[owner], args));
}
