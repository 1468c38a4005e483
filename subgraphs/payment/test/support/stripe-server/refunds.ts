import { randomBytes } from 'node:crypto';
import { type StripeResponse, failed, invalid, missing, ok } from './responses';
import { fieldsOf, type Form, textOf } from './form';
import { listOf, unixNow } from './list';
import type { PaymentIntents } from './payment-intents';

/** As much of https://docs.stripe.com/api/refunds/object as these calls fill. */
export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  created: number;
  payment_intent: string;
  metadata: Record<string, string>;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  failure_reason?: string;
}

/** The refunds of the account, each in full. */
export class Refunds {
  readonly byId = new Map<string, Refund>();
  /** The status of new refunds; undefined: determined by the payment method. */
  firstStatus: Refund['status'] | undefined;

  constructor(private readonly intents: PaymentIntents) {}

  create(form: Form): StripeResponse {
    const intent = this.intents.byId.get(textOf(form, 'payment_intent') ?? '');
    if (!intent) return missing('payment_intent', 'payment_intent');
    if (intent.status !== 'succeeded')
      return invalid('This PaymentIntent does not have a successful charge to refund.');
    // A refund that failed or was canceled returned the amount to the account's balance.
    if (this.of(intent.id).some(({ status }) => status !== 'failed' && status !== 'canceled')) {
      return failed(400, {
        type: 'invalid_request_error',
        code: 'charge_already_refunded',
        message: 'The charge has already been refunded.',
      });
    }
    const outcome = this.intents.refundOutcomes.get(intent.id);
    const refund: Refund = {
      id: `re_${randomBytes(12).toString('hex')}`,
      object: 'refund',
      amount: intent.amount,
      created: unixNow(),
      payment_intent: intent.id,
      metadata: fieldsOf(form, 'metadata'),
      status: this.firstStatus ?? (outcome === 'pending_then_succeeded' ? 'pending' : 'succeeded'),
    };
    if (refund.status === 'failed') refund.failure_reason = 'expired_or_canceled_card';
    this.byId.set(refund.id, refund);
    return ok(refund);
  }

  retrieve(id: string): StripeResponse {
    const refund = this.byId.get(id);
    return refund ? ok(refund) : missing(`refund: '${id}'`, 'id');
  }

  /** Asynchronous decisions of the banks. */
  finish(): void {
    for (const refund of this.byId.values()) {
      const outcome = this.intents.refundOutcomes.get(refund.payment_intent);
      if (outcome === 'pending_then_succeeded' && refund.status === 'pending') refund.status = 'succeeded';
      if (outcome === 'succeeded_then_failed' && refund.status === 'succeeded')
        Object.assign(refund, { status: 'failed', failure_reason: 'expired_or_canceled_card' });
    }
  }

  /** https://docs.stripe.com/api/refunds/list */
  list(form: Form): StripeResponse {
    const intentId = textOf(form, 'payment_intent');
    const refunds = intentId === undefined ? [...this.byId.values()] : this.of(intentId);
    const isExpanded = Object.values(fieldsOf(form, 'expand')).includes('data.payment_intent');
    return listOf(refunds, form, (refund) =>
      isExpanded ? { ...refund, payment_intent: this.intents.byId.get(refund.payment_intent) } : refund,
    );
  }

  private of(intentId: string): Refund[] {
    return [...this.byId.values()].filter((refund) => refund.payment_intent === intentId);
  }
}
