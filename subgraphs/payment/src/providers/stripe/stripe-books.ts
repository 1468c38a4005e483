import { isUuid } from '@shop/kit/ids';
import type Stripe from 'stripe';
import { unlessLimited } from './stripe-client';

/** A charge at Stripe. Amounts are in Stripe's units, times in milliseconds since 1970. */
export interface BookedCharge {
  intentId: string;
  orderId: string;
  /** The key of the payment attempt. */
  key: string;
  amount: number;
  currency: string;
  atMs: number;
}

/** A refund at Stripe. */
export interface BookedRefund {
  id: string;
  intentId: string;
  amount: number;
  atMs: number;
}

/** Maximum page size. https://docs.stripe.com/api/pagination */
const pageSize = 100;

/**
 * Lists charges and refunds at Stripe. Searches may be up to an hour behind
 * (https://docs.stripe.com/api/payment_intents/search), lists are not. Sequential requests are far
 * below the rate limits (https://docs.stripe.com/rate-limits); a request that is rejected with 429
 * is retried with backoff.
 */
export class StripeBooks {
  constructor(private readonly stripe: Stripe) {}

  /** Charges whose PaymentIntents were created since then, newest first; null: all. */
  async *charges(since: Date | null): AsyncGenerator<BookedCharge[]> {
    const filter = { ...createdSince(since), expand: ['data.latest_charge'] };
    for await (const page of pagesOf((more) => this.stripe.paymentIntents.list({ ...filter, ...more })))
      yield page.flatMap(chargeOf);
  }

  /** Succeeded refunds that were created since then, newest first; null: all. */
  async *refunds(since: Date | null): AsyncGenerator<BookedRefund[]> {
    for await (const page of pagesOf((more) => this.stripe.refunds.list({ ...createdSince(since), ...more })))
      yield page.flatMap(refundOf);
  }

  /** Orders of refunds that were created since then, whatever their status; one page at a time. */
  async *refundedOrders(since: Date): AsyncGenerator<string[]> {
    const filter = { ...createdSince(since), expand: ['data.payment_intent'] };
    for await (const page of pagesOf((more) => this.stripe.refunds.list({ ...filter, ...more })))
      yield page.flatMap(({ payment_intent: intent }) => orderOf(typeof intent === 'object' ? intent : null));
  }

  /** One PaymentIntent with its refunds, of any age. */
  async one(intentId: string): Promise<{ charges: BookedCharge[]; refunds: BookedRefund[] }> {
    const intent = await unlessLimited(() =>
      this.stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] }),
    );
    const refunds: BookedRefund[] = [];
    const filter = { payment_intent: intentId };
    for await (const page of pagesOf((more) => this.stripe.refunds.list({ ...filter, ...more })))
      refunds.push(...page.flatMap(refundOf));
    return { charges: chargeOf(intent), refunds };
  }
}

function createdSince(since: Date | null): { created?: { gte: number } } {
  return since ? { created: { gte: Math.floor(since.getTime() / 1_000) } } : {};
}

async function* pagesOf<Item extends { id: string }>(
  list: (more: { limit: number; starting_after?: string }) => Promise<Stripe.ApiList<Item>>,
): AsyncGenerator<Item[]> {
  let last: string | undefined;
  for (;;) {
    const more = { limit: pageSize, ...(last === undefined ? {} : { starting_after: last }) };
    const { data, has_more: hasMore } = await unlessLimited(() => list(more));
    yield data;
    last = data.at(-1)?.id;
    if (!hasMore || last === undefined) return;
  }
}

/** Empty for PaymentIntents without this shop's metadata or without a received amount. */
function chargeOf(intent: Stripe.PaymentIntent): BookedCharge[] {
  if (intent.status !== 'succeeded') return [];
  const { id: intentId, amount_received: amount, currency, latest_charge: charge, created } = intent;
  const atMs = (typeof charge === 'object' && charge ? charge.created : created) * 1_000;
  return orderOf(intent).map((orderId) => ({
    ...{
      intentId,
      orderId,
      key: intent.metadata['provider_key'] ?? '',
      amount,
      currency: currency.toUpperCase(),
      atMs,
    },
  }));
}

function orderOf(intent: Stripe.PaymentIntent | null): string[] {
  const { order_id: orderId, provider_key: key } = intent?.metadata ?? {};
  return key !== undefined && orderId !== undefined && isUuid(orderId) ? [orderId.toLowerCase()] : [];
}

function refundOf(refund: Stripe.Refund): BookedRefund[] {
  const { id, amount, payment_intent: intent, status, created } = refund;
  if (status !== 'succeeded' || !intent) return [];
  return [{ id, intentId: typeof intent === 'string' ? intent : intent.id, amount, atMs: created * 1_000 }];
}
