import { reachCrashPoint } from '@shop/kit/crash-points';
import type { Logger } from '@shop/kit/logger';
import { runInTrace } from '@shop/kit/telemetry';
import { isDecided, type Payment } from '../payment/payment.entity';
import type { DuePayment, PaymentRepository } from '../payment/payment.repository';
import type { PaymentDecisionService } from './payment-decision.service';
import type { ProviderCalls } from './provider-calls';

/** Older attempts are not charged again, because their customer has left. */
const chargeAgainWithinMs = 10 * 60_000;

/** Determines the outcome of undecided attempts. Inquiries repeat without a limit. */
export class InquiryService {
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

  /** Inquires about a payment before it is due, after a webhook. */
  async inquireNow(paymentId: string): Promise<void> {
    const payment = await this.needs.payments.beginInquiry(paymentId);
    if (payment) await this.inquire(payment);
  }

  /** The claim of the row has incremented `visits`. */
  async inquireDue(payment: DuePayment): Promise<void> {
    reachCrashPoint('payment.visit_begun.after-commit');
    await runInTrace(payment.traceparent ?? undefined, () => this.inquire(payment));
  }

  /** Storing the result also schedules the next inquiry, if needed. */
  private async inquire(payment: DuePayment): Promise<void> {
    const { calls, decisions } = this.needs;
    const result = await calls.inquire(payment, {
      mayCharge: payment.ageMs < chargeAgainWithinMs,
      mayWait: !this.hasActionExpired(payment),
    });
    const current = await decisions.record(payment, result, 'inquiry');
    if (!isDecided(current)) this.logIfUndecidedTooLong(payment);
  }

  /**
   * True only for a stored REQUIRES_ACTION: if this process crashes after the call, the status is
   * the reason why the key was closed.
   */
  private hasActionExpired({ status, ageMs }: DuePayment): boolean {
    return status === 'REQUIRES_ACTION' && ageMs >= this.needs.actionLimitMs;
  }

  private logIfUndecidedTooLong(payment: DuePayment): void {
    const { id: paymentId, orderId, provider, status, visits, ageMs } = payment;
    const isLong =
      status === 'REQUIRES_ACTION' ? this.hasActionExpired(payment) : ageMs >= chargeAgainWithinMs;
    if (!isLong) return;
    const ageMinutes = Math.floor(ageMs / 60_000);
    const fields = { paymentId, orderId, provider, status, visits, ageMinutes };
    this.needs.logger.error('payment is undecided for long', fields);
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
    if (result.state === 'no_response' || result.state === 'processing')
      throw new Error(`the provider has not decided payment ${payment.id} (${result.state})`);
    await decisions.record(payment, result, 'inquiry');
    return result.state === 'succeeded';
  }
}
