import { AppError } from '@shop/kit/errors';
import { currentTraceparent } from '@shop/kit/telemetry';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { RefundRepository } from './refund.repository';

/** `PENDING`: stored; the poller makes the refund. */
export type RefundOutcome = 'REFUNDED' | 'PENDING' | 'NOTHING_TO_REFUND';

/**
 * Stores refunds of charges, each in full and once; `RefundProgressService` requests them from the
 * provider.
 */
export class RefundService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      refunds: RefundRepository;
      wakePoller: () => void;
    },
  ) {}

  /**
   * Returns as soon as the refund is committed, without waiting for the provider.
   *
   * @throws AppError upstream_unavailable while the payment is undecided
   */
  async refundOrder(orderId: string): Promise<RefundOutcome> {
    const payment = await this.needs.payments.findChargedByOrder(orderId);
    if (!payment) return 'NOTHING_TO_REFUND';
    if (payment.status === 'REFUNDED') return 'REFUNDED';
    if (payment.status !== 'SUCCEEDED') {
      throw new AppError('upstream_unavailable', 'The payment is not decided yet.', { retryAfterSeconds: 5 });
    }
    // No transaction is needed: only a refund changes a SUCCEEDED payment, and a payment has one
    // refund.
    await this.begin(payment);
    return 'PENDING';
  }

  /** Commits the refund's key before the provider is called. Idempotent. */
  async begin({ id, providerKey, failureCode }: Payment): Promise<void> {
    const isNew = await this.needs.refunds.insert({
      paymentId: id,
      providerKey: `refund:${providerKey}`,
      paymentFailureCode: failureCode,
      traceparent: currentTraceparent() ?? null,
    });
    if (isNew) this.needs.wakePoller();
  }
}
