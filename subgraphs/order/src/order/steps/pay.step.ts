import { PeerError } from '@shop/kit/peer';
import type { PaymentClient, PaymentIntent } from '../../clients/payment.client';
import type { OrderRow } from '../persistence/order-columns';
import { isPlaced } from '../persistence/order.entity';
import { type DeclinePolicy, paymentFailed } from '../state/decline-policy';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy, StepResult } from './step-result';

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
  async take(order: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const taken = by === 'poller' ? await this.resume(order) : { order, isOurs: true };
    if (!taken.isOurs || !taken.order) return { order: taken.order };
    let intent: PaymentIntent;
    try {
      intent = await this.createIntent(taken.order);
    } catch (error) {
      const unreached = by === 'request' && (await this.recordUnreached(order, error));
      if (unreached) return { order: unreached, outcome: notCharged };
      throw error;
    }
    return this.recordIntent(taken.order, order.attempt, intent);
  }

  /**
   * From here on, that a request's own call reached nobody does not mean that nobody was reached.
   *
   * @returns `isOurs` false when the order has moved: the attempt may never have been sent, and must not be now
   */
  private async resume(order: OrderRow): Promise<{ order: OrderRow | null; isOurs: boolean }> {
    if (order.attemptResumed) return { order, isOurs: true };
    const { recorder } = this.parts;
    const resumed = await recorder.record(order, { type: 'attempt_resumed', attempt: order.attempt });
    return { order: resumed.order, isOurs: resumed.kind === 'moved' };
  }

  private createIntent(order: OrderRow): Promise<PaymentIntent> {
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

  /** @returns the order that can be paid again, or null if the attempt may have been sent */
  private async recordUnreached(order: OrderRow, error: unknown): Promise<OrderRow | null> {
    if (!(error instanceof PeerError) || error.outcome === 'unknown') return null;
    const { recorder } = this.parts;
    const recorded = await recorder.record(order, { type: 'payment_unreached', attempt: order.attempt });
    return recorded.kind === 'moved' ? recorded.order : null;
  }

  private async recordIntent(order: OrderRow, attempt: number, intent: PaymentIntent): Promise<StepResult> {
    const { recorder, declinePolicy } = this.parts;
    const { paymentId, outcome, failureCode } = intent;
    switch (outcome) {
      case 'SUCCEEDED': {
        // The intent was made from this order's amount, which never changes.
        const input = { type: 'payment_succeeded', attempt, paymentId, amountMatches: true } as const;
        const recorded = await recorder.record(order, input);
        return { order: recorded.order, outcome: { kind: 'PAID', paymentId } };
      }
      case 'FAILED': {
        const declined = { attempt, paymentId };
        const recorded = await recorder.record(order, (current) =>
          paymentFailed(declinePolicy, current, declined),
        );
        return { order: recorded.order, outcome: { kind: 'DECLINED', paymentId } };
      }
      case 'NOT_POSSIBLE': {
        const input = { type: 'payment_not_possible', attempt, paymentId, failureCode } as const;
        const recorded = await recorder.record(order, input);
        return { order: recorded.order, outcome: { kind: 'NOT_POSSIBLE', paymentId, failureCode } };
      }
      case 'NOT_SENT': {
        const recorded = await recorder.record(order, { type: 'payment_not_sent', attempt });
        return { order: recorded.order, outcome: { kind: 'NOT_CHARGED', failureCode } };
      }
      case 'UNDECIDED':
        return { order, outcome: { kind: 'UNDECIDED', paymentId } };
      default:
        return outcome satisfies never;
    }
  }
}
