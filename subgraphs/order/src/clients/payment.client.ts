import type { Peer } from '@shop/kit/peer';
import type { PaymentOutcome, RefundOutcome } from './generated/payment';
import { CreatePaymentIntentDocument, RefundPaymentDocument } from './generated/payment';

/** One attempt to charge an order. */
export interface PaymentAttempt {
  orderId: string;
  /** From 1. */
  attempt: number;
  userId: string;
  amountCents: number;
  currency: string;
  /** A provider's token; if null, the simulator decides. */
  paymentMethod: string | null;
  /** Where the provider redirects the customer's browser after an authentication on its pages. */
  returnUrl?: string;
}

export interface PaymentIntent {
  paymentId: string;
  outcome: PaymentOutcome;
  /** The provider's reason for FAILED, NOT_SENT or NOT_POSSIBLE. */
  failureCode: string | null;
}

const idempotent = { isIdempotent: true };

/** The internal operations of the payment subgraph. All throw PeerError if the call fails. */
export class PaymentClient {
  constructor(private readonly peer: Peer) {}

  /**
   * Idempotent by order and attempt: a repeat charges nothing and returns the attempt's current
   * state.
   */
  async createIntent(attempt: PaymentAttempt): Promise<PaymentIntent> {
    const { createPaymentIntent } = await this.peer.execute(
      CreatePaymentIntentDocument,
      { input: attempt },
      idempotent,
    );
    return createPaymentIntent;
  }

  /**
   * Requests the refund of the order's charge. Returns before the provider is called. Idempotent.
   */
  async refund(orderId: string): Promise<RefundOutcome> {
    const { refundPayment } = await this.peer.execute(RefundPaymentDocument, { orderId }, idempotent);
    return refundPayment.outcome;
  }
}
