import { publishEvent } from '@shop/events/outbox';
import { inTransaction, nameStep } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { toRefundEvent } from '../events/payment-events';
import { PaymentRepository } from '../payment/payment.repository';
import { planRefund } from './refund-job';
import { type ListedRefund, RefundRepository } from './refund.repository';

/** Unfinished refunds, longest unchanged first; at most `limit`, default 100. */
export function listRefunds(
  dataSource: DataSource,
  { isFailed = false, limit = 100 }: { isFailed?: boolean; limit?: number } = {},
): Promise<ListedRefund[]> {
  return new RefundRepository(dataSource).listUnfinished(
    isFailed ? ['FAILED'] : ['PENDING', 'FAILED'],
    limit,
  );
}

/** Schedules a FAILED refund again. Returns false if it is not FAILED. */
export function retryRefund(dataSource: DataSource, paymentId: string): Promise<boolean> {
  return inTransaction(dataSource, async (transaction) => {
    nameStep(transaction, 'payment.refund_retried');
    const isRetried = await new RefundRepository(dataSource).retry(transaction, paymentId);
    if (isRetried) await planRefund(transaction, paymentId, 0);
    return isRetried;
  });
}

/**
 * Records that the customer got the money of a FAILED refund by other means. Returns false if it is not FAILED, or if the
 * provider may still make it and `isUnconfirmed` is not true.
 */
export function settleRefund(
  dataSource: DataSource,
  {
    paymentId,
    reason,
    isUnconfirmed = false,
  }: { paymentId: string; reason: string; isUnconfirmed?: boolean },
): Promise<boolean> {
  const payments = new PaymentRepository(dataSource);
  return inTransaction(dataSource, async (transaction) => {
    nameStep(transaction, 'payment.refund_settled');
    const revision = await new RefundRepository(dataSource).settle(transaction, {
      paymentId,
      reason,
      isUnconfirmed,
    });
    const payment = revision === null ? null : await payments.findById(paymentId, transaction);
    if (revision === null || !payment) return false;
    await payments.markRefunded(transaction, paymentId);
    await publishEvent(transaction, toRefundEvent(payment, revision));
    return true;
  });
}
