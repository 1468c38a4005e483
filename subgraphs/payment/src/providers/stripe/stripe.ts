import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import {
  type ChargeRequest,
  type ChargeState,
  ImpossibleCharge,
  type PaymentProvider,
  ChargeRejected,
  RefundRejected,
  type RefundRequest,
} from '../payment-provider';
import { Intents } from './intents';
import { findRefund, refundIntent } from './refunds';
import { createStripeClient, type StripeAccess, withRedactedErrors } from './stripe-client';
import { isCardError, isUnexpectedState, whileConfirming } from './stripe-errors';
import { declinedReason, failureCodeOf, stateOf } from './stripe-values';
import { readStripeWebhook } from './stripe-webhook';

interface StripeOptions extends StripeAccess {
  /** Of the webhook endpoint, `whsec_…`. */
  webhookSecret: string;
}

/** Stripe with PaymentIntents that are created and confirmed in separate calls (decision 0010). */
export function createStripe({ webhookSecret, ...access }: StripeOptions): PaymentProvider {
  const stripe = createStripeClient(access);
  const intents = new Intents(stripe);

  /** Null while the intent is open. An intent whose confirmation failed is cancelled. */
  async function settled(intent: Stripe.PaymentIntent): Promise<ChargeState | null> {
    const state = stateOf(intent);
    if (state.state === 'open') return null;
    if (state.state !== 'failed') return state;
    const closed = await close(intent, declinedReason);
    return closed.state === 'declined' ? { ...closed, failureCode: failureCodeOf(intent) } : closed;
  }

  async function close(
    intent: Stripe.PaymentIntent,
    reason: typeof declinedReason | 'requested_by_customer',
  ): Promise<ChargeState> {
    const closed = await intents.cancel(intent.id, reason).catch((error: unknown) => {
      if (!isUnexpectedState(error)) throw error;
      return intents.read(intent.id);
    });
    const state = stateOf(closed);
    if (state.state === 'open' || state.state === 'failed' || state.state === 'requires_action')
      throw new Error(`stripe: ${intent.id} cannot be cancelled, its status is ${closed.status}`);
    return state;
  }

  async function confirm(
    intent: Stripe.PaymentIntent,
    request: ChargeRequest,
    method: string,
  ): Promise<ChargeState> {
    const confirmed = await intents
      .confirm(intent.id, { key: request.key, method, returnUrl: request.returnUrl })
      .catch((error: unknown) => {
        if (!isCardError(error) && !isUnexpectedState(error)) throw whileConfirming(error);
        return intents.read(intent.id);
      });
    const state = await settled(confirmed);
    if (!state) throw new Error(`stripe: ${intent.id} is still open after its confirmation`);
    return state;
  }

  async function cancel(request: ChargeRequest): Promise<ChargeState> {
    const intent = (await intents.find(request)) ?? (await intents.open(request));
    const state = await settled(intent);
    if (state && state.state !== 'requires_action') return state;
    return close(intent, 'requested_by_customer');
  }

  /**
   * The ID of the intent that was charged under the key. An open intent is closed first, so that it
   * is not charged later.
   *
   * @throws RefundRejected if nothing was charged, now or later
   */
  async function findCharged(request: ChargeRequest): Promise<string> {
    const charged = await unlessImpossible(request, async () => {
      const intent = await intents.find(request);
      return intent && ((await settled(intent)) ?? (await close(intent, 'requested_by_customer')));
    });
    if (charged?.state === 'succeeded') return charged.reference;
    if (!charged || charged.state === 'declined' || charged.state === 'cancelled')
      throw new RefundRejected('charge_not_found', 'stripe: nothing was charged under this key');
    throw new Error(`stripe: the charge to refund is ${charged.state}`);
  }

  return withRedactedErrors({
    name: 'stripe',
    credentialsFingerprint: fingerprintOf(access),

    async charge(request) {
      if (request.method === null) {
        throw new ChargeRejected('unknown_payment_method', 'stripe: a payment method is required');
      }
      const intent = (await intents.find(request)) ?? (await intents.open(request));
      return (await settled(intent)) ?? (await confirm(intent, request, request.method));
    },

    inquire: (request) =>
      unlessImpossible(request, async () => {
        const intent = await intents.find(request);
        return (intent && (await settled(intent))) ?? { state: 'not_found' as const };
      }),

    cancel: (request) => unlessImpossible(request, () => cancel(request)),

    async refund(request: RefundRequest) {
      return refundIntent(stripe, await findCharged(request.charge), request);
    },

    async inquireRefund({ key, charge }: RefundRequest) {
      const intent = await intents.find(charge);
      return (intent && (await findRefund(stripe, intent.id, key))) ?? { state: 'not_found' };
    },

    readWebhook: (delivery) => readStripeWebhook(stripe, delivery, webhookSecret),
  });
}

/** The key determines the account and the mode (test or live). */
function fingerprintOf({ secretKey, apiUrl }: StripeAccess): string {
  return createHash('sha256')
    .update(JSON.stringify([secretKey, apiUrl ?? null]))
    .digest('hex');
}

/** A key for which Stripe can never create an intent counts as closed. */
async function unlessImpossible<State>(
  { key }: ChargeRequest,
  call: () => Promise<State>,
): Promise<State | ChargeState> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ImpossibleCharge)) throw error;
    return { state: 'cancelled', reference: key, failureCode: error.failureCode };
  }
}
