import type Stripe from 'stripe';
import type { ChargeRequest } from '../payment-provider';
import { unlessBusy } from './stripe-client';
import { whileOpening } from './stripe-errors';
import { toStripeAmount } from './stripe-values';

/** Stripe keeps an idempotency key for at least 24 hours; one hour is reserved for clock skew. */
const keyIsKeptMs = 23 * 3_600_000;

/** The search index, up to an hour behind, contains everything created while the key was kept. */
const isSearchableAfterMs = 25 * 3_600_000;

/** PaymentIntents, one per key. Creating one charges nothing; confirming it does. */
export class Intents {
  constructor(private readonly stripe: Stripe) {}

  /**
   * Creates the intent of a key, or returns the existing one while Stripe keeps the key.
   *
   * @throws ChargeRejected · ImpossibleCharge if no repeat can succeed
   */
  async open(request: ChargeRequest): Promise<Stripe.PaymentIntent> {
    const { key, orderId, currency } = request;
    const terms = {
      amount: toStripeAmount(request.amountCents, currency),
      currency: currency.toLowerCase(),
      metadata: { order_id: orderId, provider_key: key },
      // Excludes payment methods that always redirect: they require a return URL, and some are
      // decided days later. 3-D Secure for cards still works.
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
      expand: ['latest_charge'],
    };
    try {
      return await this.withCurrentState(
        await unlessBusy(() => this.stripe.paymentIntents.create(terms, { idempotencyKey: key })),
      );
    } catch (error) {
      throw whileOpening(error);
    }
  }

  /**
   * Null if there is none and none can be created with the old key any more.
   *
   * @throws Error if that is unknown
   */
  async find(request: ChargeRequest): Promise<Stripe.PaymentIntent | null> {
    if (!request.reference && ageMsOf(request) < keyIsKeptMs) return this.open(request);
    const found = request.reference ? await this.read(request.reference) : await this.search(request);
    if (found) checkTerms(found, request);
    return found;
  }

  read(id: string): Promise<Stripe.PaymentIntent> {
    return this.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  }

  /** Charges once: a repeat returns the first outcome. */
  async confirm(
    id: string,
    { key, method, returnUrl }: { key: string; method: string; returnUrl: string | null },
  ): Promise<Stripe.PaymentIntent> {
    const intent = await unlessBusy(() =>
      this.stripe.paymentIntents.confirm(
        id,
        { payment_method: method, ...authenticationOf(returnUrl), expand: ['latest_charge'] },
        { idempotencyKey: `${key}:confirm` },
      ),
    );
    return this.withCurrentState(intent);
  }

  /** After this, nothing is charged with the intent. */
  cancel(
    id: string,
    reason: Stripe.PaymentIntentCancelParams.CancellationReason,
  ): Promise<Stripe.PaymentIntent> {
    return unlessBusy(() =>
      this.stripe.paymentIntents.cancel(id, { cancellation_reason: reason, expand: ['latest_charge'] }),
    );
  }

  private async search(request: ChargeRequest): Promise<Stripe.PaymentIntent | null> {
    const query = `metadata['provider_key']:'${request.key}'`;
    const { data } = await this.stripe.paymentIntents.search({ query, limit: 10 });
    const found = data.find(({ status }) => status !== 'canceled') ?? data[0];
    // Search results may be outdated.
    if (found) return this.read(found.id);
    if (ageMsOf(request) < isSearchableAfterMs)
      throw new Error(
        'stripe: the idempotency key has expired and the search index may not contain the intent yet',
      );
    return null;
  }

  /** Replayed responses are outdated: https://docs.stripe.com/api/idempotent_requests */
  private withCurrentState(intent: Stripe.Response<Stripe.PaymentIntent>): Promise<Stripe.PaymentIntent> {
    const isReplay = intent.lastResponse.headers['idempotent-replayed'] === 'true';
    return isReplay ? this.read(intent.id) : Promise.resolve(intent);
  }
}

/**
 * How the customer authenticates: on the bank's page after a redirect, or with Stripe.js in the
 * shop's page. https://docs.stripe.com/api/payment_intents/confirm (return_url, use_stripe_sdk),
 * https://docs.stripe.com/payments/3d-secure/authentication-flow
 */
function authenticationOf(returnUrl: string | null): Stripe.PaymentIntentConfirmParams {
  return returnUrl === null ? { use_stripe_sdk: true } : { return_url: returnUrl };
}

function checkTerms(intent: Stripe.PaymentIntent, { key, amountCents, currency }: ChargeRequest): void {
  const isSame =
    intent.metadata['provider_key'] === key &&
    intent.amount === toStripeAmount(amountCents, currency) &&
    intent.currency === currency.toLowerCase();
  if (!isSame) throw new Error(`stripe: ${intent.id} has another key, amount or currency`);
}

function ageMsOf({ openedAt }: ChargeRequest): number {
  return Date.now() - openedAt.getTime();
}
