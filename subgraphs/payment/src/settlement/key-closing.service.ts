import type { SettlementService } from '../charge/settlement.service';
import type { PaymentRepository } from '../payment/payment.repository';

/** Asks the provider after a settlement that was recorded without asking it. */
export class KeyClosingService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      settlement: SettlementService;
    },
  ) {}

  /**
   * Closes the payment's key at the provider. The charge of a payment that was settled as failed is refunded. Idempotent.
   *
   * @throws Error until the provider has answered definitely
   */
  async close(paymentId: string): Promise<void> {
    const { payments, settlement } = this.needs;
    const payment = await payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} vanished`);
    await settlement.lookForLateCharge(payment);
  }
}
