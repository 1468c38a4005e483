import { publishEvent } from '@shop/events/outbox';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import type { DataSource } from 'typeorm';
import { toRefundEvent } from '../events/payment-events';
import type { Payment, PaymentStatus } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { toChargeRequest } from '../providers/charge-request';
import type { Providers } from '../providers/providers';
import { cancelPlannedRefund, planRefund } from './refund-job';
import type { RefundRepository } from './refund.repository';

export type RefundOutcome = 'REFUNDED' | 'NOTHING_TO_REFUND';

const undecided: ReadonlySet<PaymentStatus> = new Set(['PENDING', 'UNKNOWN', 'REQUIRES_ACTION']);

/** When the job takes over a refund that whoever began it has not finished. */
const takeOverDelayMs = 5_000;

/** Gives charges back, each whole and once: its key is committed before the provider is called. */
export class RefundService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      refunds: RefundRepository;
      providers: Providers;
    },
  ) {}

  /** @throws AppError upstream_unavailable: not known yet, or under way and finished by the job */
  async refundOrder(orderId: string): Promise<RefundOutcome> {
    const payment = await this.beginForOrder(orderId);
    if (!payment) return 'NOTHING_TO_REFUND';
    if (payment.status === 'REFUNDED') return 'REFUNDED';
    try {
      await this.finish(payment.id);
    } catch (cause) {
      throw new AppError('upstream_unavailable', 'The refund is under way and not confirmed yet.', {
        cause,
        retryAfterSeconds: 5,
      });
    }
    return 'REFUNDED';
  }

  /** Decides that a payment is given back; the job does it after `delayMs`, unless the caller does it before. */
  async begin(transaction: Transaction, payment: Payment, delayMs = 0): Promise<void> {
    const providerKey = `refund:${payment.providerKey}`;
    const isNew = await this.needs.refunds.insert(transaction, { paymentId: payment.id, providerKey });
    if (isNew) await planRefund(transaction, payment.id, delayMs);
  }

  /** Idempotent. @throws Error while the provider has not confirmed */
  async finish(paymentId: string): Promise<void> {
    const { dataSource, payments, refunds, providers } = this.needs;
    const [payment, refund] = await Promise.all([
      payments.findById(paymentId),
      refunds.findByPaymentId(paymentId),
    ]);
    if (!payment || refund?.status !== 'PENDING') return;
    const provider = providers.get(payment.provider);
    const { reference } = await provider.refund({
      key: refund.providerKey,
      charge: toChargeRequest(payment),
    });
    await inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.refunded');
      if (!(await refunds.markSucceeded(transaction, paymentId, reference))) return;
      await payments.markRefunded(transaction, paymentId);
      await publishEvent(transaction, toRefundEvent(payment));
      await cancelPlannedRefund(transaction, paymentId);
    });
  }

  private beginForOrder(orderId: string): Promise<Payment | null> {
    const { dataSource, payments } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.refund_begun');
      const payment = await payments.findChargedByOrder(transaction, orderId);
      if (payment && undecided.has(payment.status)) {
        throw new AppError('upstream_unavailable', 'The payment is not decided yet.', {
          retryAfterSeconds: 5,
        });
      }
      if (payment?.status === 'SUCCEEDED') await this.begin(transaction, payment, takeOverDelayMs);
      return payment;
    });
  }
}
