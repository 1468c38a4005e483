import type Stripe from 'stripe';
import type { RefundRequest } from '../payment-provider';
import { hasCode } from './stripe-errors';
import { unlessBusy } from './unless-busy';

/** Gives a succeeded intent back, whole. @throws Error unless Stripe says that the money is on its way back */
export async function giveBack(
  stripe: Stripe,
  intentId: string,
  request: RefundRequest,
): Promise<Stripe.Refund> {
  const refund = await createOrFind(stripe, intentId, request);
  // A repeat is answered as the first time: whether it succeeded since, reading tells.
  const current = refund.status === 'succeeded' ? refund : await stripe.refunds.retrieve(refund.id);
  if (current.status !== 'succeeded') {
    throw new Error(`stripe: the refund ${current.id} is ${current.status ?? 'of no status'}`);
  }
  return current;
}

async function createOrFind(
  stripe: Stripe,
  intentId: string,
  { key, charge }: RefundRequest,
): Promise<Stripe.Refund> {
  const metadata = { order_id: charge.orderId, provider_key: charge.key, refund_key: key };
  try {
    return await unlessBusy(() =>
      stripe.refunds.create({ payment_intent: intentId, metadata }, { idempotencyKey: key }),
    );
  } catch (error) {
    if (!hasCode(error, 'charge_already_refunded')) throw error;
    // Ours, when Stripe has forgotten the key since; somebody else's, when it bears no such mark.
    const { data } = await stripe.refunds.list({ payment_intent: intentId, limit: 100 });
    const ours = data.find((refund) => refund.metadata?.['refund_key'] === key);
    if (!ours) throw error;
    return ours;
  }
}
