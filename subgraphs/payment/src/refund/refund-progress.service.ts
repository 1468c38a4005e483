import { publishEvent } from '@shop/events/outbox';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { toRefundEvent, toRefundFailedEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { toChargeRequest } from '../providers/charge-request';
import { RefundRefused } from '../providers/payment-provider';
import type { Providers } from '../providers/providers';
import { cancelPlannedRefund, planRefund } from './refund-job';
import { failureIn, pauseAfterTriesMs, type RefundFailure, type RefundResult } from './refund-outcome';
import type { RefundRepository, TriedRefund } from './refund.repository';

/** Longer than all calls of one try to the provider can take. */
const tryAllowanceMs = 12_000;

/** Requests refunds from the providers and stores their answers until each refund has ended. */
export class RefundProgressService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      refunds: RefundRepository;
      providers: Providers;
      logger: Logger;
    },
  ) {}

  /**
   * One try: requests a PENDING refund, or inquires about one that has ended and may have changed since. Of concurrent
   * tries, only the answer to the latest is stored. Schedules the next try if one is needed. The answer about a refund that
   * an operator has settled is not stored.
   *
   * @returns false if the provider did not answer
   */
  async advance(paymentId: string): Promise<boolean> {
    const { payments } = this.needs;
    const tried = await this.beginTry(paymentId);
    if (!tried) return this.checkSettled(paymentId);
    const payment = await payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} vanished`);
    const result = await this.callProvider(payment, tried);
    await this.record(payment, tried, result);
    return result.state !== 'no_answer';
  }

  /** Logs an error if the provider has made a refund that an operator has settled. @returns false if it did not answer */
  private async checkSettled(paymentId: string): Promise<boolean> {
    const { payments, refunds, logger } = this.needs;
    const refund = await refunds.findByPaymentId(paymentId);
    const payment = await payments.findById(paymentId);
    if (!refund?.settledAt || !payment) return true;
    const result = await this.callProvider(payment, refund);
    if (result.state === 'succeeded') {
      const { orderId, provider } = payment;
      logger.error('refund was settled by hand and the provider made it as well', {
        paymentId,
        orderId,
        provider,
        remedy: 'check whether the customer got the money twice',
      });
    }
    return result.state !== 'no_answer';
  }

  private beginTry(paymentId: string): Promise<TriedRefund | null> {
    const { dataSource, refunds } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.refund_tried');
      const tried = await refunds.beginTry(transaction, paymentId, tryAllowanceMs);
      // Scheduled before the provider is called, so that the next try is not lost if this process dies.
      if (tried?.status === 'PENDING') await planRefund(transaction, paymentId, tryAllowanceMs);
      return tried;
    });
  }

  private async callProvider(
    payment: Payment,
    { providerKey, status, tries }: Pick<TriedRefund, 'providerKey' | 'status' | 'tries'>,
  ): Promise<RefundResult> {
    const request = { key: providerKey, charge: toChargeRequest(payment) };
    try {
      const provider = this.needs.providers.get(payment.provider);
      // An earlier try may have reached the provider: inquire first, do not request again.
      const found =
        status === 'PENDING' && tries === 1
          ? ({ state: 'not_found' } as const)
          : await provider.inquireRefund(request);
      return found.state === 'not_found' && status === 'PENDING' ? await provider.refund(request) : found;
    } catch (error) {
      if (error instanceof RefundRefused) return { state: 'refused', failureCode: error.failureCode };
      this.needs.logger.warn('payment provider did not answer about a refund', {
        paymentId: payment.id,
        tries,
        error,
      });
      return { state: 'no_answer' };
    }
  }

  private record(payment: Payment, tried: TriedRefund, result: RefundResult): Promise<void> {
    const { dataSource } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      if (result.state === 'succeeded') return this.succeed(transaction, payment, tried, result.reference);
      const failure = failureIn(result, tried.ageMs);
      // Only a PENDING refund can be given up: a refund that has ended changes by a definite answer only.
      if (failure && (failure.isDefinite || tried.status === 'PENDING'))
        return this.fail(transaction, payment, tried, failure);
      if (tried.status === 'PENDING') await this.postpone(transaction, tried, result);
    });
  }

  private async succeed(
    transaction: Transaction,
    payment: Payment,
    tried: TriedRefund,
    reference: string,
  ): Promise<void> {
    const { payments, refunds } = this.needs;
    nameStep(transaction, 'payment.refunded');
    const revision = await refunds.markSucceeded(transaction, tried, reference);
    if (revision === null) return;
    await payments.markRefunded(transaction, payment.id);
    await publishEvent(transaction, toRefundEvent(payment, revision));
    await cancelPlannedRefund(transaction, payment.id);
  }

  private async fail(
    transaction: Transaction,
    payment: Payment,
    tried: TriedRefund,
    failure: RefundFailure,
  ): Promise<void> {
    const { payments, refunds, logger } = this.needs;
    nameStep(transaction, 'payment.refund_failed');
    const revision = await refunds.markFailed(transaction, tried, failure);
    if (revision === null) return;
    await payments.markNotRefunded(transaction, payment.id);
    await publishEvent(transaction, toRefundFailedEvent(payment, { ...failure, revision }));
    await cancelPlannedRefund(transaction, payment.id);
    const { id: paymentId, orderId, provider } = payment;
    logger.error('refund failed: an operator must retry or settle it', {
      paymentId,
      orderId,
      provider,
      tries: tried.tries,
      failureCode: failure.failureCode,
    });
  }

  private async postpone(transaction: Transaction, tried: TriedRefund, result: RefundResult): Promise<void> {
    nameStep(transaction, 'payment.refund_postponed');
    const pauseMs = pauseAfterTriesMs(tried.tries);
    const reference = 'reference' in result ? result.reference : null;
    if (await this.needs.refunds.postpone(transaction, tried, { pauseMs, reference }))
      await planRefund(transaction, tried.paymentId, pauseMs);
  }
}
