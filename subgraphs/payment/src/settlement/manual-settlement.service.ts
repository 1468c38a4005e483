import { operatorOutbox } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { InquiryService } from '../charge/inquiry.service';
import { toPaymentEvent } from '../events/payment-events';
import { isDecided, type Payment, toChargeRequest } from '../payment/payment.entity';
import type { PaymentDecision, PaymentRepository } from '../payment/payment.repository';
import type { ChargeState, PaymentProvider } from '../providers/payment-provider';
import type { Settlement } from './settlement.entity';
import type { DueSettlement, SettlementRepository } from './settlement.repository';

export type SettlementRequest = Omit<Settlement, 'settledAt' | 'dueAt'>;

/** The provider's response to the inquiry before a manual settlement. */
type ProviderResponse =
  | ChargeState['state']
  | 'not_found'
  /** This process has no settings for it, so it was not called. */
  | 'not_configured'
  | 'no_response';

export type SettlementResult =
  | { kind: 'SETTLED'; payment: Payment }
  | { kind: 'NOT_FOUND' }
  /** `duringInquiry`: it was decided between the provider call and the settlement. */
  | { kind: 'ALREADY_DECIDED'; payment: Payment; duringInquiry: boolean }
  /** The response contradicts the settlement. `cause`: why there was no response. */
  | { kind: 'PROVIDER_DISAGREES'; payment: Payment; response: ProviderResponse; cause?: unknown };

/** The failure code if the provider did not decline the payment. */
const settledByOperator = 'settled_by_operator';

/**
 * Records the outcome of an undecided payment for an operator. The provider is called first: for
 * `FAILED` it closes the key, so that nothing is charged later; for `SUCCEEDED` it must have
 * charged the payment. Without the provider, the service closes the key as soon as the provider
 * responds.
 */
export class ManualSettlementService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      payments: PaymentRepository;
      settlements: SettlementRepository;
      findProvider: (name: string) => Promise<PaymentProvider | undefined>;
    },
  ) {}

  /** The first decision is stored: this settlement, or an inquiry or webhook of the service. */
  async settle(request: SettlementRequest): Promise<SettlementResult> {
    const payment = await this.needs.payments.findById(request.paymentId);
    if (!payment) return { kind: 'NOT_FOUND' };
    if (isDecided(payment)) return { kind: 'ALREADY_DECIDED', payment, duringInquiry: false };
    if (!request.askedProvider) return this.record(payment, request, undefined);
    const { response, charge, cause } = await this.inquire(payment, request.settledAs);
    if (!agreeing[request.settledAs].has(response))
      return { kind: 'PROVIDER_DISAGREES', payment, response, ...(cause === undefined ? {} : { cause }) };
    return this.record(payment, request, charge);
  }

  private async inquire(
    payment: Payment,
    settledAs: Settlement['settledAs'],
  ): Promise<{ response: ProviderResponse; charge?: ChargeState; cause?: unknown }> {
    const provider = await this.needs.findProvider(payment.provider);
    if (!provider) return { response: 'not_configured' };
    const request = toChargeRequest(payment);
    try {
      const found = await (settledAs === 'FAILED' ? provider.cancel(request) : provider.inquire(request));
      const response = found.state;
      return found.state === 'not_found' ? { response } : { response, charge: found };
    } catch (cause) {
      return { response: 'no_response', cause };
    }
  }

  private record(
    payment: Payment,
    request: SettlementRequest,
    charge: ChargeState | undefined,
  ): Promise<SettlementResult> {
    const { dataSource, payments, settlements } = this.needs;
    const decision = toDecision(request, charge);
    const event = toPaymentEvent({ ...payment, ...decision }, request.reason);
    const deliveries = operatorOutbox.deliveriesOf([event]);
    return inTransaction(dataSource, async (transaction) => {
      const follow = { visits: null, next: null, deliveries };
      const settled = await payments.decide(payment.id, decision, follow, transaction);
      if (!settled) {
        const current = await payments.findById(payment.id, transaction);
        return { kind: 'ALREADY_DECIDED', payment: current ?? payment, duringInquiry: true };
      }
      await settlements.insert(transaction, request);
      return { kind: 'SETTLED', payment: settled };
    });
  }
}

const agreeing: Record<Settlement['settledAs'], ReadonlySet<ProviderResponse>> = {
  SUCCEEDED: new Set<ProviderResponse>(['succeeded']),
  FAILED: new Set<ProviderResponse>(['cancelled', 'declined']),
};

/** `sent`: the operator cannot prove that nothing was charged. */
function toDecision({ settledAs }: SettlementRequest, charge: ChargeState | undefined): PaymentDecision {
  const providerReference = charge?.reference ?? null;
  if (settledAs === 'SUCCEEDED')
    return { status: 'SUCCEEDED', sent: true, failureCode: null, providerReference };
  const failureCode = charge?.state === 'declined' ? charge.failureCode : settledByOperator;
  return { status: 'FAILED', sent: true, failureCode, providerReference };
}

/** Closes the provider's keys of payments that were settled without the provider. */
export class KeyClosingService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      settlements: SettlementRepository;
      inquiries: InquiryService;
      logger: Logger;
    },
  ) {}

  /**
   * Closes the payment's key at the provider. Refunds the charge of a payment that was settled as
   * failed. Logs the charge of one that was settled as succeeded, because only the operator knows
   * whether the customer paid twice. Idempotent.
   *
   * @throws Error until the provider returns a final state
   */
  async close({ paymentId, settledAs }: DueSettlement): Promise<void> {
    const { payments, settlements, inquiries } = this.needs;
    const payment = await payments.findById(paymentId);
    if (!payment) throw new Error(`payment ${paymentId} not found`);
    const isCharged = await inquiries.findLateCharge(payment);
    if (isCharged && settledAs === 'SUCCEEDED') this.logDoubleCharge(payment);
    await settlements.markClosed(paymentId);
  }

  private logDoubleCharge({ id: paymentId, orderId, provider }: Payment): void {
    const remedy = 'check whether the customer paid twice; if so, refund one of the payments';
    const fields = { paymentId, orderId, provider, remedy };
    this.needs.logger.error('payment was settled by hand and the provider charged it as well', fields);
  }
}
