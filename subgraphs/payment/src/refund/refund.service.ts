import { AppError } from '@shop/kit/errors';
import { currentTraceparent } from '@shop/kit/telemetry';
import DataLoader from 'dataloader';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { Refund } from './refund.entity';
import type { RefundRepository } from './refund.repository';

export interface RefundResult {
  /** `PENDING`: stored; the poller requests the refund. */
  kind: 'REFUNDED' | 'PENDING' | 'NOTHING_TO_REFUND';
}

/** Stores refunds of charges, each in full and once. `RefundProgressService` requests them. */
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
  async refundOrder(orderId: string): Promise<RefundResult> {
    const payment = await this.needs.payments.findChargedByOrder(orderId);
    if (!payment) return { kind: 'NOTHING_TO_REFUND' };
    if (payment.status === 'REFUNDED') return { kind: 'REFUNDED' };
    if (payment.status !== 'SUCCEEDED') {
      throw new AppError('upstream_unavailable', 'The payment is not decided yet.', { retryAfterSeconds: 5 });
    }
    // Without a transaction: only a refund changes a SUCCEEDED payment, and a payment has one refund.
    await this.begin(payment);
    return { kind: 'PENDING' };
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

export type RefundLoader = DataLoader<string, Refund | null>;

/** By payment ID. Checks no permission: must only be called for payments that the viewer may see. */
export function createRefundLoader(refunds: RefundRepository): RefundLoader {
  return new DataLoader(async (paymentIds) => {
    const found = await refunds.findByPaymentIds(paymentIds);
    const byPaymentId = new Map(found.map((refund) => [refund.paymentId, refund]));
    return paymentIds.map((id) => byPaymentId.get(id) ?? null);
  });
}
