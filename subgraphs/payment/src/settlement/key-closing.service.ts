import type { Logger } from '@shop/kit/logger';
import type { SettlementService } from '../charge/settlement.service';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { DueSettlement, SettlementRepository } from './settlement.repository';

/** Asks the provider after a settlement that was recorded without asking it. */
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
   * Closes the payment's key at the provider. The charge of a payment that was settled as failed is refunded; that of one that
   * was settled as succeeded is logged, because only the operator knows whether it is the reported payment or a second one.
   * Idempotent.
   *
   * @throws Error until the provider has answered definitely
   */
  async close({ paymentId, settledAs }: DueSettlement): Promise<void> {
    const { payments, settlements, settlement } = this.needs;
    const payment = await payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} vanished`);
    const isCharged = await settlement.lookForLateCharge(payment);
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
