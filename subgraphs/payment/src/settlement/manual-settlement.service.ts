import { operatorOutbox } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { isDecided } from '../charge/charge-result';
import { toPaymentEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository, PaymentDecision } from '../payment/payment.repository';
import { toChargeRequest } from '../providers/charge-request';
import type { ChargeState, PaymentProvider } from '../providers/payment-provider';
import type { Settlement } from './settlement.entity';
import type { SettlementRepository } from './settlement.repository';

export type SettlementRequest = Omit<Settlement, 'settledAt' | 'dueAt'>;

/** The provider's answer before a manual settlement. */
export type ProviderAnswer =
  | ChargeState['state']
  | 'not_found'
  /** It has no settings in this process, so it was not called. */
  | 'not_configured'
  | 'no_answer';

export type SettlementResult =
  | { kind: 'SETTLED'; payment: Payment }
  | { kind: 'NOT_FOUND' }
  /** Nothing was changed. `whileAsking`: it was decided between the provider's answer and the settlement. */
  | { kind: 'ALREADY_DECIDED'; payment: Payment; whileAsking: boolean }
  /** Nothing was changed: the provider's answer contradicts the settlement. `cause`: why there was no answer. */
  | { kind: 'PROVIDER_DISAGREES'; payment: Payment; answer: ProviderAnswer; cause?: unknown };

/** The failure code of a payment that an operator settled as failed and the provider did not decline. */
const settledByOperator = 'settled_by_operator';

/**
 * Records an outcome of undecided payments that an operator gives. The provider is asked first: for `FAILED` the key is
 * closed, so that nothing is charged under it later; for `SUCCEEDED` the provider must have charged it. If it is not asked, the
 * service closes the key as soon as the provider answers.
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

  /** The first decision wins: this settlement, or a visit or webhook of the service. */
  async settle(request: SettlementRequest): Promise<SettlementResult> {
    const payment = await this.needs.payments.findById(request.paymentId);
    if (!payment) return { kind: 'NOT_FOUND' };
    if (isDecided(payment)) return { kind: 'ALREADY_DECIDED', payment, whileAsking: false };
    if (!request.askedProvider) return this.record(payment, request, undefined);
    const { answer, charge, cause } = await this.ask(payment, request.settledAs);
    if (!agreeing[request.settledAs].has(answer))
      return { kind: 'PROVIDER_DISAGREES', payment, answer, ...(cause === undefined ? {} : { cause }) };
    return this.record(payment, request, charge);
  }

  private async ask(
    payment: Payment,
    settledAs: Settlement['settledAs'],
  ): Promise<{ answer: ProviderAnswer; charge?: ChargeState; cause?: unknown }> {
    const provider = await this.needs.findProvider(payment.provider);
    if (!provider) return { answer: 'not_configured' };
    const request = toChargeRequest(payment);
    try {
      const found = await (settledAs === 'FAILED' ? provider.cancel(request) : provider.inquire(request));
      return found.state === 'not_found' ? { answer: found.state } : { answer: found.state, charge: found };
    } catch (cause) {
      return { answer: 'no_answer', cause };
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
      const update = { visits: null, next: null, deliveries };
      const settled = await payments.decide(payment.id, decision, update, transaction);
      if (!settled) {
        const current = await payments.findById(payment.id, transaction);
        return { kind: 'ALREADY_DECIDED', payment: current ?? payment, whileAsking: true };
      }
      await settlements.insert(transaction, request);
      return { kind: 'SETTLED', payment: settled };
    });
  }
}

const agreeing: Record<Settlement['settledAs'], ReadonlySet<ProviderAnswer>> = {
  SUCCEEDED: new Set<ProviderAnswer>(['succeeded']),
  FAILED: new Set<ProviderAnswer>(['cancelled', 'declined']),
};

/** `sent` is true: the operator cannot prove that nothing was charged, so the order is handled as after a decline. */
function toDecision({ settledAs }: SettlementRequest, charge: ChargeState | undefined): PaymentDecision {
  const providerReference = charge?.reference ?? null;
  if (settledAs === 'SUCCEEDED')
    return { status: 'SUCCEEDED', sent: true, failureCode: null, providerReference };
  const failureCode = charge?.state === 'declined' ? charge.failureCode : settledByOperator;
  return { status: 'FAILED', sent: true, failureCode, providerReference };
}
