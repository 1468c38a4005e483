import type Stripe from 'stripe';
import type { ChargeRequest } from '../payment-provider';
import { toStripeAmount } from './stripe-amount';
import { whileOpening } from './stripe-errors';
import { unlessBusy } from './retry';

/** Stripe forgets an idempotency key after 24 hours at the earliest; an hour is left for clocks that differ. */
const keyIsKeptMs = 23 * 3_600_000;

/** By now whatever was made while the key was kept can be searched: that takes a minute, in bad times an hour. */
const isSearchableAfterMs = 25 * 3_600_000;

/** The PaymentIntents of this shop, one per key. Creating one charges nothing; confirming it does. */
export class Intents {
  constructor(private readonly stripe: Stripe) {}

  /**
   * The intent of a key: made if there is none, and the same for every repeat while Stripe keeps the key.
   *
   * @throws ProviderRefused, as ImpossibleCharge when no repeat will fare better
   */
  async open(request: ChargeRequest): Promise<Stripe.PaymentIntent> {
    const { key, orderId, currency } = request;
    const terms = {
      amount: toStripeAmount(request.amountCents, currency),
      currency: currency.toLowerCase(),
      metadata: { order_id: orderId, provider_key: key },
      // Excludes payment methods that always redirect: they need a return URL, and some are decided days later. Cards are not
      // among them: 3-D Secure still works.
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
      expand: ['latest_charge'],
    };
    try {
      return await this.asItIsNow(
        await unlessBusy(() => this.stripe.paymentIntents.create(terms, { idempotencyKey: key })),
      );
    } catch (error) {
      throw whileOpening(error);
    }
  }

  /** Null when there is none and none can come any more under the old key. @throws Error when that cannot be told */
  async find(request: ChargeRequest): Promise<Stripe.PaymentIntent | null> {
    if (!request.reference && ageMsOf(request) < keyIsKeptMs) return this.open(request);
    const found = request.reference ? await this.read(request.reference) : await this.search(request);
    if (found) checkTerms(found, request);
    return found;
  }

  read(id: string): Promise<Stripe.PaymentIntent> {
    return this.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  }

  /** Charges, once: a repeat is answered with the first outcome, even while that is not there yet. */
  async confirm(
    id: string,
    { key, method, returnUrl }: { key: string; method: string; returnUrl: string | null },
  ): Promise<Stripe.PaymentIntent> {
    const answer = await unlessBusy(() =>
      this.stripe.paymentIntents.confirm(
        id,
        { payment_method: method, ...authenticationOf(returnUrl), expand: ['latest_charge'] },
        { idempotencyKey: `${key}:confirm` },
      ),
    );
    return this.asItIsNow(answer);
  }

  /** Afterwards nothing is charged under it. */
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
    // What a search shows may be old.
    if (found) return this.read(found.id);
    if (ageMsOf(request) < isSearchableAfterMs)
      throw new Error('stripe: the key is too old to repeat, too young to search');
    return null;
  }

  /** A repeated key is answered as the first use was, however long ago. https://docs.stripe.com/api/idempotent_requests */
  private asItIsNow(answer: Stripe.Response<Stripe.PaymentIntent>): Promise<Stripe.PaymentIntent> {
    const isReplay = answer.lastResponse.headers['idempotent-replayed'] === 'true';
    return isReplay ? this.read(answer.id) : Promise.resolve(answer);
  }
}

/**
 * How the customer authenticates: by a redirect to the bank's page, or with Stripe.js in the shop's page.
 * https://docs.stripe.com/api/payment_intents/confirm (return_url, use_stripe_sdk),
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
  if (!isSame) throw new Error(`stripe: ${intent.id} is about another key, amount or currency`);
}

function ageMsOf({ openedAt }: ChargeRequest): number {
  return Date.now() - openedAt.getTime();
}
