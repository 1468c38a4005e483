import type { Outbox } from '@shop/events/outbox';
import { reachCrashPoint } from '@shop/kit/crash-points';
import type { Logger } from '@shop/kit/logger';
import { equalJitterMs } from '@shop/kit/resilience';
import { runInTrace } from '@shop/kit/telemetry';
import { toRefundEvent, toRefundFailedEvent } from '../events/payment-events';
import { type Payment, toChargeRequest } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { RefundRejected, type RefundState } from '../providers/payment-provider';
import type { Providers } from '../providers/providers';
import type { RefundFailure } from './refund.entity';
import type { RefundRepository, TriedRefund } from './refund.repository';

/** Requests refunds from the providers until each refund has succeeded or failed. */
export class RefundProgressService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      refunds: RefundRepository;
      providers: Providers;
      outbox: Outbox;
      logger: Logger;
    },
  ) {}

  /** Tries a refund that was due. The claim has incremented `tries`. */
  async tryDue(due: TriedRefund): Promise<void> {
    reachCrashPoint('payment.refund_tried.after-commit');
    await runInTrace(due.traceparent ?? undefined, () => this.inquire(due));
  }

  /**
   * Tries a refund before it is due, after a webhook: requests a PENDING refund, or inquires about
   * one that has ended and may have changed. The result for a refund that an operator has settled
   * is not stored.
   *
   * @returns false if the provider did not respond
   */
  async advance(paymentId: string): Promise<boolean> {
    const tried = await this.needs.refunds.beginTry(paymentId);
    return tried ? this.inquire(tried) : this.checkSettled(paymentId);
  }

  /** Of concurrent tries, only the result of the latest is stored. */
  private async inquire(tried: TriedRefund): Promise<boolean> {
    const { paymentId } = tried;
    const payment = await this.needs.payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} not found`);
    const result = await this.callProvider(payment, tried);
    await this.record(payment, tried, result);
    return result.state !== 'no_response';
  }

  /**
   * Logs an error if the provider has made a refund that an operator has settled.
   *
   * @returns false if it did not respond
   */
  private async checkSettled(paymentId: string): Promise<boolean> {
    const { payments, refunds, logger } = this.needs;
    const refund = await refunds.findByPaymentId(paymentId);
    const payment = await payments.findById(paymentId);
    if (!refund?.settledAt || !payment) return true;
    const result = await this.callProvider(payment, refund);
    if (result.state === 'succeeded') {
      const { orderId, provider } = payment;
      const remedy = 'check whether the customer was refunded twice';
      const fields = { paymentId, orderId, provider, remedy };
      logger.error('refund was settled by hand and the provider made it as well', fields);
    }
    return result.state !== 'no_response';
  }

  private async callProvider(
    payment: Payment,
    { providerKey, status, tries }: Pick<TriedRefund, 'providerKey' | 'status' | 'tries'>,
  ): Promise<RefundResult> {
    const request = { key: providerKey, charge: toChargeRequest(payment) };
    try {
      const provider = this.needs.providers.get(payment.provider);
      // An earlier try may have reached the provider: inquire before requesting again.
      const found =
        status === 'PENDING' && tries === 1
          ? ({ state: 'not_found' } as const)
          : await provider.inquireRefund(request);
      return found.state === 'not_found' && status === 'PENDING' ? await provider.refund(request) : found;
    } catch (error) {
      if (error instanceof RefundRejected) return { state: 'rejected', failureCode: error.failureCode };
      const fields = { paymentId: payment.id, tries, error };
      this.needs.logger.warn('payment provider call for a refund failed', fields);
      return { state: 'no_response' };
    }
  }

  private async record(payment: Payment, tried: TriedRefund, result: RefundResult): Promise<void> {
    if (result.state === 'succeeded') return this.succeed(payment, tried, result.reference);
    const failure = failureIn(result, tried.ageMs);
    // A refund that has ended changes only by a definite result.
    if (failure && (failure.isDefinite || tried.status === 'PENDING'))
      return this.fail(payment, tried, failure);
    if (tried.status !== 'PENDING') return;
    const reference = 'reference' in result ? result.reference : null;
    const pauseMs = equalJitterMs(tried.tries, refundBackoff);
    await this.needs.refunds.postpone(tried, { pauseMs, reference });
  }

  private async succeed(payment: Payment, tried: TriedRefund, reference: string): Promise<void> {
    const { refunds, outbox } = this.needs;
    const deliveries = outbox.deliveriesOf([toRefundEvent(payment, tried.revision + 1)]);
    if (await refunds.markSucceeded(tried, { reference, deliveries })) outbox.wake();
  }

  private async fail(payment: Payment, tried: TriedRefund, failure: RefundFailure): Promise<void> {
    const { refunds, outbox, logger } = this.needs;
    const event = toRefundFailedEvent(payment, { ...failure, revision: tried.revision + 1 });
    const deliveries = outbox.deliveriesOf([event]);
    if (!(await refunds.markFailed(tried, { ...failure, deliveries }))) return;
    outbox.wake();
    const { id: paymentId, orderId, provider } = payment;
    const fields = { paymentId, orderId, provider, tries: tried.tries, failureCode: failure.failureCode };
    logger.error('refund failed: an operator must retry or settle it', fields);
  }
}

/** The result of a provider call for a refund. */
type RefundResult =
  | RefundState
  /** The provider rejects a refund under this key. */
  | { state: 'rejected'; failureCode: string }
  /** Only if the call must not create the refund. */
  | { state: 'not_found' }
  | { state: 'no_response' };

const days = 24 * 3_600_000;

/** A refund that is not confirmed within this time is FAILED and needs an operator. */
const giveUpAfterMs = 3 * days;

/**
 * The failure in a result; null if the refund may still succeed.
 *
 * @param ageMs since the start of the round
 */
function failureIn(result: RefundResult, ageMs: number): RefundFailure | null {
  switch (result.state) {
    case 'failed':
      return { failureCode: result.failureCode, isDefinite: true, reference: result.reference };
    case 'rejected':
      return { failureCode: result.failureCode, isDefinite: true, reference: null };
    case 'succeeded':
      return null;
    case 'pending':
      return ageMs < giveUpAfterMs ? null : givenUp('provider_pending', result.reference);
    case 'not_found':
    case 'no_response':
      return ageMs < giveUpAfterMs ? null : givenUp('provider_no_answer', null);
    default:
      return result satisfies never;
  }
}

/** The provider may still refund under this key, so a retry uses the same key. */
function givenUp(failureCode: string, reference: string | null): RefundFailure {
  return { failureCode, isDefinite: false, reference };
}

/** 5 s, 10 s, 20 s … 1 h, each shortened at random by up to half. */
const refundBackoff = { baseMs: 5_000, capMs: 3_600_000 };
