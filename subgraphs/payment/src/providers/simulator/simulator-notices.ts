import { createHash, randomUUID } from 'node:crypto';
import type { Transaction } from '@shop/kit/database';
import { addJob, queueByHash } from '@shop/kit/jobs';
import { z } from 'zod';

/** Name of the job that sends one notice. */
export const sendSimulatorNoticeJob = 'send-simulator-notice';

export const simulatorNoticePayload = z.object({
  id: z.string(),
  type: z.enum(['charge.succeeded', 'charge.declined', 'charge.refunded', 'charge.refund_failed']),
  key: z.string(),
  orderId: z.string(),
  /** Unix seconds. */
  created: z.number().int(),
  /** From 1. */
  attempt: z.number().int(),
});

/** What the simulator has to tell, the same in each delivery but for `attempt`. */
export type SimulatorNotice = z.infer<typeof simulatorNoticePayload>;

export type NewSimulatorNotice = Pick<SimulatorNotice, 'type' | 'key' | 'orderId'>;

/** Plans a notice in the transaction of what it tells, to be sent after a delay. */
export type Announce = (
  transaction: Transaction,
  notice: NewSimulatorNotice,
  afterMs: number,
) => Promise<void>;

/**
 * Maximum concurrent deliveries. They use slots of the job runner; the remaining slots must suffice for the service's own jobs
 * while a receiver hangs.
 */
export const noticeQueues = 8;

/** Deliveries are spread over several queues, so that a receiver that hangs does not block the service's other jobs. */
export function planDelivery(
  transaction: Transaction,
  notice: SimulatorNotice,
  { delayMs, copy = 0 }: { delayMs: number; copy?: number },
): Promise<void> {
  return addJob(transaction, {
    task: sendSimulatorNoticeJob,
    payload: notice,
    key: `notice:${notice.id}:${copy}:${notice.attempt}`,
    queue: queueByHash('simulator-notices', notice.key, noticeQueues),
    delayMs,
  });
}

/** @param isChaotic each notice is sent twice, up to three seconds late: so later ones overtake it */
export function createAnnouncer({ seed, isChaotic }: { seed: string; isChaotic: boolean }): Announce {
  return async (transaction, { type, key, orderId }, afterMs) => {
    const created = Math.floor((Date.now() + afterMs) / 1_000);
    const notice = { id: `sim_evt_${randomUUID()}`, type, key, orderId, created, attempt: 1 };
    const delays = isChaotic ? chaoticDelaysMs(`${seed}:${type}:${key}`) : [0];
    for (const [copy, delayMs] of delays.entries())
      await planDelivery(transaction, notice, { delayMs: afterMs + delayMs, copy });
  };
}

/** The same for a seed each time. */
function chaoticDelaysMs(seed: string): number[] {
  const digest = createHash('sha256').update(seed).digest();
  return [digest.readUInt16BE(0) % 3_000, digest.readUInt16BE(2) % 3_000];
}
