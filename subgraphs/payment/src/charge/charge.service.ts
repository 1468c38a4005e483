import { publishEvent } from '@shop/events/outbox';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import type { DataSource } from 'typeorm';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { noProvider } from '../providers/no-provider';
import type { Providers } from '../providers/providers';
import { type AttemptRequest, checkAttempt, isSameAttempt } from './attempt-request';
import { isDecided } from './finding';
import { isPaymentMethodToken } from './payment-method';
import type { ProviderCalls } from './provider-calls';
import { planVisit } from './settle-job';
import type { VerdictService } from './verdict.service';

/** When the settlement looks after an attempt that nobody has judged: the first call has ended by then, or its process has. */
const firstVisitDelayMs = 5_000;

/** Attempts to pay an order. */
export class ChargeService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      providers: Providers;
      calls: ProviderCalls;
      verdicts: VerdictService;
    },
  ) {}

  /**
   * Charges an attempt once and answers how it stands: the attempt and its key are committed, then the provider is called, then its
   * answer is committed. An existing attempt is returned in its current state. An amount of 0 succeeds without a provider.
   *
   * @throws AppError bad_request, idempotency_conflict when the attempt exists with other terms, order_state_conflict when
   * another attempt of the order is undecided or charged
   */
  async charge(request: AttemptRequest): Promise<Payment> {
    checkAttempt(request);
    const { payment, isNew } = await this.openAttempt(request);
    if (!isNew || isDecided(payment)) return payment;
    const finding = await this.needs.calls.charge(payment);
    return this.needs.verdicts.record(payment, finding, 'first_call');
  }

  private openAttempt(request: AttemptRequest): Promise<{ payment: Payment; isNew: boolean }> {
    const { dataSource } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      nameStep(transaction, 'payment.attempt_opened');
      const opened = await this.insert(transaction, request);
      if (!opened) return { payment: await this.findOpened(transaction, request), isNew: false };
      if (isDecided(opened)) await publishEvent(transaction, toPaymentEvent(opened));
      else await planVisit(transaction, opened.id, firstVisitDelayMs);
      return { payment: opened, isNew: true };
    });
  }

  private insert(transaction: Transaction, request: AttemptRequest): Promise<Payment | null> {
    const { orderId, attempt, paymentMethod, returnUrl = null, amountCents } = request;
    const { payments, providers } = this.needs;
    const opened = { ...request, providerKey: `${orderId}:${attempt}` };
    if (amountCents === 0) {
      const paid = { status: 'SUCCEEDED', sent: true, failureCode: null } as const;
      return payments.insert(transaction, {
        ...opened,
        ...paid,
        paymentMethod: null,
        returnUrl: null,
        provider: noProvider.name,
      });
    }
    const isPayable = paymentMethod === null || isPaymentMethodToken(paymentMethod);
    return payments.insert(transaction, {
      ...opened,
      paymentMethod: isPayable ? paymentMethod : null,
      returnUrl: isPayable ? returnUrl : null,
      provider: providers.current.name,
      ...(isPayable
        ? { status: 'PENDING', sent: true, failureCode: null }
        : { status: 'FAILED', sent: false, failureCode: 'unknown_payment_method' }),
    });
  }

  private async findOpened(transaction: Transaction, request: AttemptRequest): Promise<Payment> {
    const existing = await this.needs.payments.findByAttempt(transaction, request.orderId, request.attempt);
    if (!existing) {
      throw new AppError(
        'order_state_conflict',
        'Another payment of this order is undecided or has succeeded.',
      );
    }
    if (!isSameAttempt(existing, request)) {
      throw new AppError(
        'idempotency_conflict',
        'This attempt exists with another owner, amount or currency.',
      );
    }
    return existing;
  }
}
