import type { Logger } from '@shop/kit/logger';
import type { SettlementService } from '../charge/settlement.service';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { DueSettlement, SettlementRepository } from './settlement.repository';

/** Closes the provider's keys of payments that were settled without the provider. */
export class KeyClosingService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      settlements: SettlementRepository;
      settlement: SettlementService;
      logger: Logger;
    },
  ) {}

  /**
   * Closes the payment's key at the provider. Refunds the charge of a payment that was settled as
   * failed. Logs the charge of one that was settled as succeeded, because only the operator knows
   * whether the customer paid twice. Idempotent.
   *
   * @throws Error until the provider returns a final state
   */
  async close({ paymentId, settledAs }: DueSettlement): Promise<void> {
    const { payments, settlements, settlement } = this.needs;
    const payment = await payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} not found`);
    const isCharged = await settlement.findLateCharge(payment);
    if (isCharged && settledAs === 'SUCCEEDED') this.logDoubleCharge(payment);
    await settlements.markClosed(paymentId);
  }

  private logDoubleCharge({ id: paymentId, orderId, provider }: Payment): void {
    const { logger } = this.needs;
    logger.error('payment was settled by hand and the provider charged it as well', {
      paymentId,
      orderId,
      provider,
      remedy: 'check whether the customer paid twice; if so, refund one of the payments',
    });
  }
}
