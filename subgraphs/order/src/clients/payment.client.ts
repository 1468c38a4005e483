import type { Peer } from '@shop/kit/peer';
import {
  CreatePaymentIntentDocument,
  type CreatePaymentIntentInput,
  type CreatePaymentIntentMutation,
  RefundPaymentDocument,
  type RefundOutcome,
} from './generated/payment';

/** `failureCode`: the provider's reason for FAILED, NOT_SENT or NOT_POSSIBLE. */
export type PaymentIntent = CreatePaymentIntentMutation['createPaymentIntent'];

const idempotent = { isIdempotent: true };

/** The internal operations of the payment subgraph. All throw PeerError if the call fails. */
export class PaymentClient {
  constructor(private readonly peer: Peer) {}

  /**
   * Idempotent by order and attempt: a repeat charges nothing and returns the attempt's current
   * state.
   */
  async createIntent(input: CreatePaymentIntentInput): Promise<PaymentIntent> {
    const data = await this.peer.execute(CreatePaymentIntentDocument, { input }, idempotent);
    return data.createPaymentIntent;
  }

  /** Requests the refund of the order's charge. Returns before the provider is called. Idempotent. */
  async refund(orderId: string): Promise<RefundOutcome> {
    const { refundPayment } = await this.peer.execute(RefundPaymentDocument, { orderId }, idempotent);
    return refundPayment.outcome;
  }
}
