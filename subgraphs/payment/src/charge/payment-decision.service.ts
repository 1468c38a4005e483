import type { Outbox } from '@shop/events/outbox';
import { equalJitterMs } from '@shop/kit/resilience';
import { toPaymentEvent } from '../events/payment-events';
import { countDecline } from '../payment/decline-counter';
import { isDecided, type Payment } from '../payment/payment.entity';
import type { NextInquiry, PaymentDecision, PaymentRepository } from '../payment/payment.repository';
import type { ChargeState } from '../providers/payment-provider';
import type { RefundService } from '../refund/refund.service';

/** The result of a provider call for an attempt, without secrets. */
export type ChargeResult =
  | Exclude<ChargeState, { state: 'cancelled' | 'requires_action' }>
  /** The customer must authenticate. */
  | { state: 'requires_action'; reference: string }
  /** Nothing was or will be charged. */
  | { state: 'not_sent'; failureCode: string }
  | { state: 'no_response' };

/** @param failureCode why the key was closed, if the provider does not return the reason */
export function toChargeResult(charge: ChargeState, failureCode = 'provider_unavailable'): ChargeResult {
  switch (charge.state) {
    case 'cancelled':
      return { state: 'not_sent', failureCode: charge.failureCode ?? failureCode };
    case 'requires_action':
      // Without the client secret, which only the customer may see.
      return { state: 'requires_action', reference: charge.reference };
    default:
      return charge;
  }
}

/** `toChargeResult` for a REQUIRES_ACTION attempt, whose key is closed only at the time limit. */
export function toResultOfWaiting(charge: ChargeState): ChargeResult {
  if (charge.state !== 'cancelled') return toChargeResult(charge);
  return { state: 'declined', reference: charge.reference, failureCode: 'authentication_abandoned' };
}

export function toDecision(result: ChargeResult): PaymentDecision {
  const providerReference = 'reference' in result ? result.reference : null;
  const sent = result.state !== 'not_sent';
  switch (result.state) {
    case 'succeeded':
      return { status: 'SUCCEEDED', sent, failureCode: null, providerReference };
    case 'declined':
    case 'not_sent':
      return { status: 'FAILED', sent, failureCode: result.failureCode, providerReference };
    case 'processing':
      return { status: 'PENDING', sent, failureCode: null, providerReference };
    case 'requires_action':
      return { status: 'REQUIRES_ACTION', sent, failureCode: null, providerReference };
    case 'no_response':
      return { status: 'UNKNOWN', sent, failureCode: null, providerReference };
    default:
      return result satisfies never;
  }
}

/** Any other result is outdated once a later provider call has started. */
export function isFinal({ state }: ChargeResult, by: 'first_call' | 'inquiry'): boolean {
  // A rejection of the first call says nothing about other calls.
  return state === 'succeeded' || state === 'declined' || (state === 'not_sent' && by === 'inquiry');
}

/** 1 s, 2 s, 4 s … 60 s, each shortened at random by up to half. */
const backoff = { baseMs: 1_000, capMs: 60_000 };

/** The time of the next inquiry; null if the payment is decided. */
export function nextInquiry(
  { status, visits }: Pick<Payment, 'status' | 'visits'>,
  actionLimitMs: number,
): NextInquiry | null {
  if (isDecided({ status })) return null;
  return {
    pauseMs: equalJitterMs(visits + 1, backoff),
    atAgeMs: status === 'REQUIRES_ACTION' ? actionLimitMs : null,
  };
}

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
   * Stores the result of a provider call, with the event or the next inquiry, in one statement. A
   * decision is never changed: of concurrent results, the first one is stored. A result that is not
   * final is stored only if no later call has started.
   *
   * @param payment as it was before the provider was called
   * @returns the current payment
   */
  async record(payment: Payment, result: ChargeResult, by: 'first_call' | 'inquiry'): Promise<Payment> {
    const { payments, outbox, actionLimitMs } = this.needs;
    const decision = decisionAfter(payment, result);
    const visits = isFinal(result, by) ? null : payment.visits;
    const next = nextInquiry({ status: decision.status, visits: payment.visits }, actionLimitMs);
    const deliveries = outbox.deliveriesOf(next ? [] : [toPaymentEvent({ ...payment, ...decision })]);
    const decided = await payments.decide(payment.id, decision, { visits, next, deliveries });
    if (!decided) return this.recordLate(payment, result);
    countDecline(decided);
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
  const hasNoResponse = result.state === 'no_response' && payment.status === 'REQUIRES_ACTION';
  return hasNoResponse ? { ...decision, status: 'REQUIRES_ACTION' } : decision;
}
