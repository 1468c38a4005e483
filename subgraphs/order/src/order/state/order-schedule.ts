import type { Transaction } from '@shop/kit/database';
import { addJob, removeJob } from '@shop/kit/jobs';
import type { OrderStep } from './order-state';

/** The job that takes an order's next step when nobody else has; at most one per order. */
export const advanceOrderTask = 'advance-order';

export interface AdvanceOrderPayload {
  orderId: string;
}

/**
 * When the job looks at an order that stays at a step, in milliseconds. A request works on its order inline and must be through
 * well before that; null: nothing is left to do.
 */
const pauseMs: Record<Exclude<OrderStep, 'AWAITING_PAYMENT'>, number | null> = {
  RESERVING: 10_000,
  ABANDONING: 5_000,
  PAYING: 15_000,
  COMMITTING: 5_000,
  REFUNDING: 5_000,
  RELEASING: 5_000,
  SETTLED: null,
  CLOSED: null,
};

function jobKey(orderId: string): string {
  return `advance:${orderId}`;
}

/**
 * Sets the order's one job in the transaction that brings the order to `step`.
 *
 * @param msToExpiry until the order's time to pay is over
 */
export async function scheduleAdvance(
  transaction: Transaction,
  { orderId, step, msToExpiry }: { orderId: string; step: OrderStep; msToExpiry: number },
): Promise<void> {
  const delayMs = step === 'AWAITING_PAYMENT' ? Math.max(0, msToExpiry) : pauseMs[step];
  if (delayMs === null) await removeJob(transaction, jobKey(orderId));
  else await addAdvance(transaction, orderId, delayMs);
}

/** Sets the order's one job to run at once. */
export function scheduleAdvanceNow(transaction: Transaction, orderId: string): Promise<void> {
  return addAdvance(transaction, orderId, 0);
}

export function unscheduleAdvance(transaction: Transaction, orderId: string): Promise<void> {
  return removeJob(transaction, jobKey(orderId));
}

async function addAdvance(transaction: Transaction, orderId: string, delayMs: number): Promise<void> {
  const payload: AdvanceOrderPayload = { orderId };
  await addJob(transaction, { task: advanceOrderTask, payload, delayMs, key: jobKey(orderId) });
}
