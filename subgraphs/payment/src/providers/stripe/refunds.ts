import type Stripe from 'stripe';
import { RefundRejected, type RefundRequest, type RefundState } from '../payment-provider';
import { unlessBusy } from './stripe-client';
import { hasCode, isInvalidRequest } from './stripe-errors';

/**
 * Refunds an intent in full under a key: finds the refund by its metadata, or creates it. The
 * idempotency key is not sufficient, because Stripe deletes it after a day, and until then replays
 * the first response.
 *
 * @throws RefundRejected if Stripe makes no refund under this key
 */
export async function refundIntent(
  stripe: Stripe,
  intentId: string,
  request: RefundRequest,
): Promise<RefundState> {
  const found = await findRefund(stripe, intentId, request.key);
  return found ?? stateOf(await create(stripe, intentId, request));
}

/** Null if there is no refund under the key. */
export async function findRefund(stripe: Stripe, intentId: string, key: string): Promise<RefundState | null> {
  const { data } = await stripe.refunds.list({ payment_intent: intentId, limit: 100 });
  const found = data.find((refund) => refund.metadata?.['refund_key'] === key);
  return found ? stateOf(found) : null;
}

async function create(
  stripe: Stripe,
  intentId: string,
  { key, charge }: RefundRequest,
): Promise<Stripe.Refund> {
  const metadata = { order_id: charge.orderId, provider_key: charge.key, refund_key: key };
  try {
    const refund = await unlessBusy(() =>
      stripe.refunds.create({ payment_intent: intentId, metadata }, { idempotencyKey: key }),
    );
    const isReplay = refund.lastResponse.headers['idempotent-replayed'] === 'true';
    return isReplay ? await stripe.refunds.retrieve(refund.id) : refund;
  } catch (error) {
    throw await whileRefunding(error, () => findRefund(stripe, intentId, key));
  }
}

/** A concurrent call may have created it after the search: the next try finds it. */
async function whileRefunding(error: unknown, find: () => Promise<RefundState | null>): Promise<unknown> {
  if (!isInvalidRequest(error) || (await find())) return error;
  const failureCode = rejections.find((code) => hasCode(error, code)) ?? 'refund_not_accepted';
  return new RefundRejected(failureCode, `stripe: the refund was rejected with ${failureCode}`, {
    cause: error,
  });
}

/** https://docs.stripe.com/error-codes */
const rejections = ['charge_already_refunded', 'charge_disputed'];

/** https://docs.stripe.com/api/refunds/object, `status` and `failure_reason`. */
function stateOf({ id: reference, status, failure_reason: reason }: Stripe.Refund): RefundState {
  switch (status) {
    case 'succeeded':
      return { state: 'succeeded', reference };
    // requires_action: the customer must claim it with instructions that Stripe sends.
    case 'pending':
    case 'requires_action':
      return { state: 'pending', reference };
    case 'failed':
      return { state: 'failed', reference, failureCode: failureCodeOf(reason) };
    case 'canceled':
      return { state: 'failed', reference, failureCode: 'refund_canceled' };
    default:
      throw new Error(`stripe: the refund ${reference} has the unexpected status ${status}`);
  }
}

/** Visible to the customer: must not reveal that a card is reported lost or stolen. */
function failureCodeOf(reason: string | undefined): string {
  return reason === 'lost_or_stolen_card' ? 'declined' : (reason ?? 'unknown');
}
