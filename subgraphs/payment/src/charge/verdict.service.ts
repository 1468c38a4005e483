import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { publishEvent } from '@shop/events/outbox';
import type { DataSource } from 'typeorm';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository, PaymentVerdict, VisitedPayment } from '../payment/payment.repository';
import type { RefundService } from '../refund/refund.service';
import { pauseWithinLimitMs } from './action-limit';
import { type Finding, isDecided, isFinal, verdictOf } from './finding';
import { cancelVisit, pauseAfterVisitsMs, planVisit } from './settle-job';

/** Writes down what the provider's answers mean for payments. */
export class VerdictService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      refunds: RefundService;
      /** From PAYMENT_ACTION_SECONDS. */
      actionLimitMs: number;
    },
  ) {}

  /**
   * Stores a provider's answer, with the event and the next step in the same transaction. A decision is never changed: of two
   * concurrent answers the first one counts. An answer that is not final is stored only if no later call has begun.
   *
   * @param payment as it was before the provider was called
   * @returns the payment as it is now
   */
  record(payment: Payment, finding: Finding, by: 'first_call' | 'settlement'): Promise<Payment> {
    const { dataSource, payments } = this.needs;
    const visits = isFinal(finding, by) ? null : payment.visits;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.attempt_judged');
      const judged = await payments.judge(transaction, payment.id, verdictOn(payment, finding), visits);
      if (!judged) return this.recordTooLate(transaction, payment, finding);
      await this.followUp(transaction, judged);
      return judged;
    });
  }

  private async followUp(transaction: Transaction, payment: VisitedPayment): Promise<void> {
    if (!isDecided(payment)) return planVisit(transaction, payment.id, this.pauseMs(payment));
    await cancelVisit(transaction, payment.id);
    await publishEvent(transaction, toPaymentEvent(payment));
  }

  private pauseMs({ status, visits, ageMs }: VisitedPayment): number {
    const pauseMs = pauseAfterVisitsMs(visits);
    if (status !== 'REQUIRES_ACTION') return pauseMs;
    return pauseWithinLimitMs(pauseMs, this.needs.actionLimitMs - ageMs);
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

/**
 * A provider that does not answer does not end REQUIRES_ACTION. The status must stay, because it also says why the key was
 * closed if the answer to `cancel` was lost.
 */
function verdictOn(payment: Payment, finding: Finding): PaymentVerdict {
  const verdict = verdictOf(finding);
  const isSilence = finding.state === 'no_answer' && payment.status === 'REQUIRES_ACTION';
  return isSilence ? { ...verdict, status: 'REQUIRES_ACTION' } : verdict;
}
