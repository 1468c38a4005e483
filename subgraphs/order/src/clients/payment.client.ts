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
  /** A provider's token; null lets the simulator decide. */
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

/** The payment subgraph's internal operations; they throw PeerError without an answer. */
export class PaymentClient {
  constructor(private readonly peer: Peer) {}

  /** Idempotent by order and attempt: a repeat charges nothing and answers the attempt as it is now. */
  async createIntent(attempt: PaymentAttempt): Promise<PaymentIntent> {
    const { createPaymentIntent } = await this.peer.execute(
      CreatePaymentIntentDocument,
      { input: attempt },
      idempotent,
    );
    return createPaymentIntent;
  }

  /** Requests the refund of the order's charge; the payment subgraph makes it. Idempotent. */
  async refund(orderId: string): Promise<RefundOutcome> {
    const { refundPayment } = await this.peer.execute(RefundPaymentDocument, { orderId }, idempotent);
    return refundPayment.outcome;
  }
}
