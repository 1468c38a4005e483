import type { Outbox } from '@shop/events/outbox';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository, PaymentDecision } from '../payment/payment.repository';
import type { RefundService } from '../refund/refund.service';
import { type ChargeResult, isDecided, isFinal, toDecision } from './charge-result';
import { nextVisit } from './next-visit';

/** Stores the results of provider calls. */
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
   * Stores the result of a provider call, with the event or the next visit, in one statement. A
   * decision is never changed: of concurrent results, the first one is stored. A result that is not
   * final is stored only if no later call has started.
   *
   * @param payment as it was before the provider was called
   * @returns the current payment
   */
  async record(payment: Payment, result: ChargeResult, by: 'first_call' | 'settlement'): Promise<Payment> {
    const { payments, outbox, actionLimitMs } = this.needs;
    const decision = decisionAfter(payment, result);
    const visits = isFinal(result, by) ? null : payment.visits;
    const next = nextVisit({ status: decision.status, visits: payment.visits }, actionLimitMs);
    const deliveries = outbox.deliveriesOf(next ? [] : [toPaymentEvent({ ...payment, ...decision })]);
    const decided = await payments.decide(payment.id, decision, { visits, next, deliveries });
    if (!decided) return this.recordLate(payment, result);
    if (isDecided(decided)) outbox.wake();
    return decided;
  }

  /** A charge of a FAILED attempt is refunded, because the order may be paid again. */
  private async recordLate(payment: Payment, result: ChargeResult): Promise<Payment> {
    const { payments, refunds } = this.needs;
    const current = await payments.findById(payment.id);
    if (!current) throw new Error(`payment ${payment.id} not found`);
    if (result.state === 'succeeded' && current.status === 'FAILED') await refunds.begin(current);
    return current;
  }
}

/**
 * A provider that does not respond does not end REQUIRES_ACTION: if the response to `cancel` was
 * lost, the status is the reason why the key was closed.
 */
function decisionAfter(payment: Payment, result: ChargeResult): PaymentDecision {
  const decision = toDecision(result);
  const hasNoAnswer = result.state === 'no_answer' && payment.status === 'REQUIRES_ACTION';
  return hasNoAnswer ? { ...decision, status: 'REQUIRES_ACTION' } : decision;
}
