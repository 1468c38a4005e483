import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import type { DataSource } from 'typeorm';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { planRefund } from './refund-job';
import type { RefundRepository } from './refund.repository';

/** `PENDING`: stored; it is made in the background. */
export type RefundOutcome = 'REFUNDED' | 'PENDING' | 'NOTHING_TO_REFUND';

/** Stores refunds of charges, each in full and once; `RefundProgressService` requests them from the provider. */
export class RefundService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      refunds: RefundRepository;
    },
  ) {}

  /**
   * Returns as soon as the refund is committed, without waiting for the provider.
   *
   * @throws AppError upstream_unavailable while the payment is not decided
   */
  refundOrder(orderId: string): Promise<RefundOutcome> {
    const { dataSource, payments } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.refund_begun');
      const payment = await payments.findChargedByOrder(transaction, orderId);
      if (!payment) return 'NOTHING_TO_REFUND';
      if (payment.status === 'REFUNDED') return 'REFUNDED';
      if (payment.status !== 'SUCCEEDED') {
        throw new AppError('upstream_unavailable', 'The payment is not decided yet.', {
          retryAfterSeconds: 5,
        });
      }
      await this.begin(transaction, payment);
      return 'PENDING';
    });
  }

  /** Commits the refund's key before the provider is called. Idempotent. */
  async begin(transaction: Transaction, payment: Payment): Promise<void> {
    const isNew = await this.needs.refunds.insert(transaction, {
      paymentId: payment.id,
      providerKey: `refund:${payment.providerKey}`,
      paymentFailureCode: payment.failureCode,
    });
    if (isNew) await planRefund(transaction, payment.id, 0);
  }
}
