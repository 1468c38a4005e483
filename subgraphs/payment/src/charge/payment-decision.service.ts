import type { Outbox } from '@shop/events/outbox';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository, PaymentDecision } from '../payment/payment.repository';
import type { RefundService } from '../refund/refund.service';
import { type ChargeResult, isDecided, isFinal, toDecision } from './charge-result';
import { nextVisit } from './next-visit';

/** Stores what the provider's answers mean for payments. */
export class PaymentDecisionService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      refunds: RefundService;
      outbox: Outbox;
      /** From PAYMENT_ACTION_SECONDS. */
      actionLimitMs: number;
    },
  ) {}

  /**
   * Stores a provider's answer, with the event or the next visit, in one statement. A decision is never changed: of two
   * concurrent answers the first one counts. An answer that is not final is stored only if no later call has begun.
   *
   * @param payment as it was before the provider was called
   * @returns the payment as it is now
   */
  async record(payment: Payment, result: ChargeResult, by: 'first_call' | 'settlement'): Promise<Payment> {
    const { payments, outbox, actionLimitMs } = this.needs;
    const decision = decisionFor(payment, result);
    const visits = isFinal(result, by) ? null : payment.visits;
    const next = nextVisit({ status: decision.status, visits: payment.visits }, actionLimitMs);
    const deliveries = outbox.deliveriesOf(next ? [] : [toPaymentEvent({ ...payment, ...decision })]);
    const decided = await payments.decide(payment.id, decision, { visits, next, deliveries });
    if (!decided) return this.recordTooLate(payment, result);
    if (isDecided(decided)) outbox.wake();
    return decided;
  }

  /** Money that came although the attempt had been declared failed: the order may be paid again, so it is refunded. */
  private async recordTooLate(payment: Payment, result: ChargeResult): Promise<Payment> {
    const { payments, refunds } = this.needs;
    const current = await payments.findById(payment.id);
    if (!current) throw new Error(`payment ${payment.id} vanished`);
    if (result.state === 'succeeded' && current.status === 'FAILED') await refunds.begin(current);
    return current;
  }
}

/**
 * A provider that does not answer does not end REQUIRES_ACTION. The status must stay, because it also says why the key was
 * closed if the answer to `cancel` was lost.
 */
function decisionFor(payment: Payment, result: ChargeResult): PaymentDecision {
  const decision = toDecision(result);
  const isSilence = result.state === 'no_answer' && payment.status === 'REQUIRES_ACTION';
  return isSilence ? { ...decision, status: 'REQUIRES_ACTION' } : decision;
}
