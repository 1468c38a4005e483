import { reachCrashPoint } from '@shop/kit/crash-points';
import type { Logger } from '@shop/kit/logger';
import { runInTrace } from '@shop/kit/telemetry';
import { isDecided, type Payment } from '../payment/payment.entity';
import type { PaymentRepository, VisitedPayment } from '../payment/payment.repository';
import type { PaymentDecisionService } from './payment-decision.service';
import type { ProviderCalls } from './provider-calls';

/** Older attempts are not charged any more, because their customer has left. */
const chargeAgainWithinMs = 10 * 60_000;

/** Determines the outcome of undecided attempts. Visits repeat without a limit. */
export class SettlementService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      calls: ProviderCalls;
      decisions: PaymentDecisionService;
      logger: Logger;
      /** From PAYMENT_ACTION_SECONDS. */
      actionLimitMs: number;
    },
  ) {}

  /** Visits a payment before it is due, after a webhook. */
  async settle(paymentId: string): Promise<void> {
    const visited = await this.needs.payments.beginVisit(paymentId);
    if (visited) await this.inquire(visited);
  }

  /** Visits a payment that was due. The claim has incremented `visits`. */
  async visit(due: VisitedPayment): Promise<void> {
    reachCrashPoint('payment.visit_begun.after-commit');
    await runInTrace(due.traceparent ?? undefined, () => this.inquire(due));
  }

  /** Storing the result also schedules the next visit, if needed. */
  private async inquire(visited: VisitedPayment): Promise<void> {
    const { calls, decisions } = this.needs;
    const result = await calls.inquire(visited, {
      mayCharge: visited.ageMs < chargeAgainWithinMs,
      mayWait: !this.hasActionExpired(visited),
    });
    const payment = await decisions.record(visited, result, 'settlement');
    if (!isDecided(payment)) this.logIfUndecidedTooLong(visited);
  }

  /**
   * True only for a stored REQUIRES_ACTION: if this process crashes after the call, the status is
   * the reason of the closing.
   */
  private hasActionExpired({ status, ageMs }: VisitedPayment): boolean {
    return status === 'REQUIRES_ACTION' && ageMs >= this.needs.actionLimitMs;
  }

  /** Visits continue without a limit, but an operator must investigate. */
  private logIfUndecidedTooLong(payment: VisitedPayment): void {
    const { id, orderId, provider, status, visits, ageMs } = payment;
    const isLong =
      status === 'REQUIRES_ACTION' ? this.hasActionExpired(payment) : ageMs >= chargeAgainWithinMs;
    if (!isLong) return;
    const ageMinutes = Math.floor(ageMs / 60_000);
    this.needs.logger.error('payment is undecided for long', {
      paymentId: id,
      orderId,
      provider,
      status,
      visits,
      ageMinutes,
    });
  }

  /**
   * Inquires about a decided payment and closes its key if it is open. The charge of a FAILED
   * payment is refunded.
   *
   * @returns whether the provider has charged it
   * @throws Error if that is not known yet
   */
  async findLateCharge(payment: Payment): Promise<boolean> {
    const { calls, decisions } = this.needs;
    const result = await calls.inquire(payment, { mayCharge: false, mayWait: false });
    if (result.state === 'no_answer' || result.state === 'processing')
      throw new Error(`the provider has not decided payment ${payment.id} (${result.state})`);
    await decisions.record(payment, result, 'settlement');
    return result.state === 'succeeded';
  }
}
