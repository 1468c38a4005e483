import { operatorOutbox } from '@shop/events/outbox';
import type { DataSource } from 'typeorm';
import { toRefundEvent } from '../events/payment-events';
import { PaymentRepository } from '../payment/payment.repository';
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

/** Makes a FAILED refund due again. Returns false if it is not FAILED. */
export function retryRefund(dataSource: DataSource, paymentId: string): Promise<boolean> {
  return new RefundRepository(dataSource).retry(paymentId);
}

/**
 * Records that the customer got the money of a FAILED refund by other means. Returns false if it is not FAILED, or if the
 * provider may still make it and `isUnconfirmed` is not true.
 */
export async function settleRefund(
  dataSource: DataSource,
  {
    paymentId,
    reason,
    isUnconfirmed = false,
  }: { paymentId: string; reason: string; isUnconfirmed?: boolean },
): Promise<boolean> {
  const refunds = new RefundRepository(dataSource);
  const refund = await refunds.findByPaymentId(paymentId);
  const payment = await new PaymentRepository(dataSource).findById(paymentId);
  if (!refund || !payment) return false;
  const deliveries = operatorOutbox.deliveriesOf([toRefundEvent(payment, refund.revision + 1)]);
  return refunds.settle(refund, { reason, isUnconfirmed, deliveries });
}
