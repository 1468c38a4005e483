import type { Outbox } from '@shop/events/outbox';
import { AppError } from '@shop/kit/errors';
import { isUuid, newIdFor } from '@shop/kit/ids';
import { currentTraceparent } from '@shop/kit/telemetry';
import { appError } from '../errors';
import { toPaymentEvent } from '../events/payment-events';
import { countDecline } from '../payment/decline-counter';
import { isDecided, type Payment } from '../payment/payment.entity';
import type { PaymentDecision, PaymentRepository } from '../payment/payment.repository';
import { noProvider, type Providers } from '../providers/providers';
import type { PaymentDecisionService } from './payment-decision.service';
import type { ProviderCalls } from './provider-calls';

/** A request of the order subgraph to charge an attempt. */
export type AttemptRequest = Pick<Payment, 'orderId' | 'attempt' | 'userId' | 'amountCents' | 'currency'> &
  Pick<Payment, 'paymentMethod'> &
  Partial<Pick<Payment, 'returnUrl'>>;

/** @throws AppError bad_request */
function checkAttempt({ orderId, userId, attempt, amountCents }: AttemptRequest): void {
  if (!isUuid(orderId) || !isUuid(userId))
    throw new AppError('bad_request', 'orderId and userId must be UUIDs.');
  if (attempt < 1) throw new AppError('bad_request', `attempt must be at least 1, got ${attempt}.`);
  if (amountCents < 0)
    throw new AppError('bad_request', `amountCents must not be negative, got ${amountCents}.`);
}

/** Whether a repeated request has the terms of the existing attempt. */
function isSameAttempt(payment: Payment, request: AttemptRequest): boolean {
  return (
    payment.userId === request.userId.toLowerCase() &&
    payment.amountCents === request.amountCents &&
    payment.currency === request.currency
  );
}

const token = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Other values of a payment method are neither stored nor sent. */
function isPaymentMethodToken(value: string): boolean {
  return token.test(value);
}

/** Delay of the first inquiry to an undecided attempt: longer than the first call. */
const firstInquiryDelayMs = 5_000;

/** The initial values of an attempt. */
type Opening = Pick<Payment, 'provider' | 'paymentMethod' | 'returnUrl'> &
  Pick<PaymentDecision, 'status' | 'sent' | 'failureCode'>;

/** Charges payment attempts. */
export class ChargeService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      providers: Providers;
      calls: ProviderCalls;
      decisions: PaymentDecisionService;
      outbox: Outbox;
    },
  ) {}

  /**
   * Charges an attempt once and returns its state. Commits the attempt and its key, calls the
   * provider, then commits the result. Returns an existing attempt unchanged. An amount of 0
   * succeeds without a provider.
   *
   * @throws AppError bad_request · idempotency_conflict if the attempt exists with other terms ·
   *   order_state_conflict if another attempt of the order is undecided or charged
   */
  async charge(request: AttemptRequest): Promise<Payment> {
    checkAttempt(request);
    const opened = await this.open(request);
    if (!opened) return this.findOpened(request);
    countDecline(opened);
    if (isDecided(opened)) {
      this.needs.outbox.wake();
      return opened;
    }
    const result = await this.needs.calls.charge(opened);
    return this.needs.decisions.record(opened, result, 'first_call');
  }

  /** Null if the attempt exists, or the order has another live payment. */
  private open(request: AttemptRequest): Promise<Payment | null> {
    const { payments, outbox } = this.needs;
    const { attempt, userId, amountCents, currency } = request;
    const orderId = request.orderId.toLowerCase();
    const payment = {
      ...{ id: newIdFor(userId), orderId, attempt, userId, amountCents, currency },
      ...this.openingOf(request),
      providerKey: `${orderId}:${attempt}`,
      traceparent: currentTraceparent() ?? null,
    };
    const isFinal = isDecided(payment);
    return payments.open(payment, {
      firstInquiryMs: isFinal ? null : firstInquiryDelayMs,
      deliveries: outbox.deliveriesOf(isFinal ? [toPaymentEvent(payment)] : []),
    });
  }

  private openingOf({ amountCents, paymentMethod, returnUrl = null }: AttemptRequest): Opening {
    if (amountCents === 0) {
      const paid = { status: 'SUCCEEDED', sent: true, failureCode: null } as const;
      return { ...paid, provider: noProvider.name, paymentMethod: null, returnUrl: null };
    }
    const provider = this.needs.providers.current.name;
    if (paymentMethod === null || isPaymentMethodToken(paymentMethod))
      return { status: 'PENDING', sent: true, failureCode: null, provider, paymentMethod, returnUrl };
    const rejected = { status: 'FAILED', sent: false, failureCode: 'unknown_payment_method' } as const;
    return { ...rejected, provider, paymentMethod: null, returnUrl: null };
  }

  private async findOpened(request: AttemptRequest): Promise<Payment> {
    const existing = await this.needs.payments.findByAttempt(request.orderId, request.attempt);
    if (!existing) throw appError('order_state_conflict');
    if (!isSameAttempt(existing, request)) {
      const message = 'This attempt exists with another owner, amount or currency.';
      throw new AppError('idempotency_conflict', message);
    }
    return existing;
  }
}
