import { reachCrashPoint } from '@shop/kit/crash-points';
import type { Logger } from '@shop/kit/logger';
import { runInTrace } from '@shop/kit/telemetry';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository, VisitedPayment } from '../payment/payment.repository';
import { isDecided } from './charge-result';
import type { ProviderCalls } from './provider-calls';
import type { PaymentDecisionService } from './payment-decision.service';

/** The customer of an older attempt has gone: what the provider does not know by then is not charged any more. */
const chargeAgainWithinMs = 10 * 60_000;

/** Finds out how attempts ended whose outcome was not seen, for as long as it takes. */
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

  /** A visit that a webhook brings forward. */
  async settle(paymentId: string): Promise<void> {
    const visited = await this.needs.payments.beginVisit(paymentId);
    if (visited) await this.inquire(visited);
  }

  /** A visit to a payment that was due; its claim has counted it. */
  async visit(due: VisitedPayment): Promise<void> {
    reachCrashPoint('payment.visit_begun.after-commit');
    await runInTrace(due.traceparent ?? undefined, () => this.inquire(due));
  }

  /** The decision sets when the next visit is due, if one is needed. */
  private async inquire(visited: VisitedPayment): Promise<void> {
    const { calls, decisions } = this.needs;
    const result = await calls.inquire(visited, {
      mayCharge: visited.ageMs < chargeAgainWithinMs,
      mayWait: !this.isActionOver(visited),
    });
    const payment = await decisions.record(visited, result, 'settlement');
    if (!isDecided(payment)) this.warnIfLongUndecided(visited);
  }

  /** Only for a stored REQUIRES_ACTION attempt: if this process dies after the call, the status says why the key was closed. */
  private isActionOver({ status, ageMs }: VisitedPayment): boolean {
    return status === 'REQUIRES_ACTION' && ageMs >= this.needs.actionLimitMs;
  }

  /** The visits go on without end; that it takes this long is for a person to look into. */
  private warnIfLongUndecided(payment: VisitedPayment): void {
    const { id, orderId, provider, status, visits, ageMs } = payment;
    const isLong = status === 'REQUIRES_ACTION' ? this.isActionOver(payment) : ageMs >= chargeAgainWithinMs;
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
   * Asks about a decided payment, and closes its key if it is open. If the payment was declared failed, money that came for it nevertheless goes back.
   *
   * @returns whether the provider has charged it
   * @throws Error when that is not known yet
   */
  async lookForLateCharge(payment: Payment): Promise<boolean> {
    const { calls, decisions } = this.needs;
    const result = await calls.inquire(payment, { mayCharge: false, mayWait: false });
    if (result.state === 'no_answer' || result.state === 'processing')
      throw new Error(`whether payment ${payment.id} was charged after all is not known yet`);
    await decisions.record(payment, result, 'settlement');
    return result.state === 'succeeded';
  }
}
