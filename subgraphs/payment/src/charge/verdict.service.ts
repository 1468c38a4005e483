import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { publishEvent } from '@shop/events/outbox';
import type { DataSource } from 'typeorm';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { RefundService } from '../refund/refund.service';
import { type Finding, isDecided, verdictOf } from './finding';
import { cancelVisit, pauseAfterVisitsMs, planVisit } from './settle-job';

/** Writes down what the provider's answers mean for payments. */
export class VerdictService {
  constructor(
    private readonly needs: { dataSource: DataSource; payments: PaymentRepository; refunds: RefundService },
  ) {}

  /**
   * Judges a payment by a finding, with the event and the next step in the same transaction. What is decided stays so: of two
   * who find something, the first is heard.
   *
   * @param payment as it was before the provider was called
   * @returns the payment as it is now
   */
  record(payment: Payment, finding: Finding, by: 'first_call' | 'settlement'): Promise<Payment> {
    const { dataSource, payments } = this.needs;
    // The first call's refusal speaks for that call only: void once the settlement has called, too.
    const visits = finding.state === 'not_sent' && by === 'first_call' ? payment.visits : null;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.attempt_judged');
      const judged = await payments.judge(transaction, payment.id, verdictOf(finding), visits);
      if (!judged) return this.recordTooLate(transaction, payment, finding);
      await this.followUp(transaction, judged);
      return judged;
    });
  }

  private async followUp(transaction: Transaction, payment: Payment): Promise<void> {
    if (!isDecided(payment)) {
      return planVisit(transaction, payment.id, pauseAfterVisitsMs(payment.visits));
    }
    await cancelVisit(transaction, payment.id);
    await publishEvent(transaction, toPaymentEvent(payment));
  }

  /** Money that came although the attempt had been declared failed: the order may be paid again, so it goes back. */
  private async recordTooLate(
    transaction: Transaction,
    payment: Payment,
    finding: Finding,
  ): Promise<Payment> {
    const { payments, refunds } = this.needs;
    const current = await payments.findById(payment.id, transaction);
    if (!current) throw new Error(`payment ${payment.id} vanished`);
    if (finding.state === 'succeeded' && current.status === 'FAILED')
      await refunds.begin(transaction, current);
    return current;
  }
}
