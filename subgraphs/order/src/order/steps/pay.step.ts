import { PeerError } from '@shop/kit/peer';
import type { PaymentClient, PaymentIntent } from '../../clients/payment.client';
import { type DeclinePolicy, paymentFailed } from '../state/decline-policy';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy, Finding } from './saga-finding';
import { isPlaced, type OrderEntity } from '../persistence/order.entity';

const notCharged = { kind: 'NOT_CHARGED', failureCode: null } as const;

/** PAYING: one attempt, charged at most once however often this step is taken. */
export class PayStep {
  constructor(
    private readonly parts: {
      recorder: OrderRecorder;
      payments: PaymentClient;
      declinePolicy: DeclinePolicy;
    },
  ) {}

  /** @throws PeerError when it is not known what became of the attempt */
  async take(order: OrderEntity, by: AdvancedBy): Promise<Finding | undefined> {
    const { id, attempt } = order;
    if (by === 'job' && !(await this.resume(order))) return undefined;
    let intent: PaymentIntent;
    try {
      intent = await this.createIntent(order);
    } catch (error) {
      if (by === 'request' && (await this.recordUnreached(id, attempt, error))) return notCharged;
      throw error;
    }
    return this.recordIntent(id, attempt, intent);
  }

  /**
   * From here on, that a request's own call reached nobody does not mean that nobody was reached.
   *
   * @returns false when the order has moved: the attempt may never have been sent, and must not be now
   */
  private async resume({ id, attempt, attemptResumed }: OrderEntity): Promise<boolean> {
    if (attemptResumed) return true;
    return (await this.parts.recorder.record(id, { type: 'attempt_resumed', attempt })) === 'moved';
  }

  private createIntent(order: OrderEntity): Promise<PaymentIntent> {
    if (!isPlaced(order)) throw new Error('a draft cannot be paid');
    const { id, attempt, userId, totalCents, currency, paymentMethod, returnUrl } = order;
    const amountCents = totalCents;
    return this.parts.payments.createIntent({
      orderId: id,
      attempt,
      userId,
      amountCents,
      currency,
      paymentMethod,
      // Absent when null: a payment subgraph of the previous version rejects the field.
      ...(returnUrl !== null && { returnUrl }),
    });
  }

  private async recordUnreached(orderId: string, attempt: number, error: unknown): Promise<boolean> {
    if (!(error instanceof PeerError) || error.outcome === 'unknown') return false;
    const recorded = await this.parts.recorder.record(orderId, { type: 'payment_unreached', attempt });
    return recorded === 'moved';
  }

  private async recordIntent(orderId: string, attempt: number, intent: PaymentIntent): Promise<Finding> {
    const { recorder, declinePolicy } = this.parts;
    const { paymentId, outcome, failureCode } = intent;
    switch (outcome) {
      case 'SUCCEEDED':
        // The intent was made from this order's amount, which never changes.
        await recorder.record(orderId, {
          type: 'payment_succeeded',
          attempt,
          paymentId,
          amountMatches: true,
        });
        return { kind: 'PAID', paymentId };
      case 'FAILED':
        await recorder.record(orderId, (order) =>
          paymentFailed(declinePolicy, order, { attempt, paymentId }),
        );
        return { kind: 'DECLINED', paymentId };
      case 'NOT_POSSIBLE':
        await recorder.record(orderId, { type: 'payment_not_possible', attempt, paymentId, failureCode });
        return { kind: 'NOT_POSSIBLE', paymentId, failureCode };
      case 'NOT_SENT':
        await recorder.record(orderId, { type: 'payment_not_sent', attempt });
        return { kind: 'NOT_CHARGED', failureCode };
      case 'UNDECIDED':
        return { kind: 'UNDECIDED', paymentId };
      default:
        return outcome satisfies never;
    }
  }
}
