import { PeerError } from '@shop/kit/peer';
import type { PaymentClient, PaymentIntent } from '../../clients/payment.client';
import { type OrderRow, isPlaced } from '../persistence/order.entity';
import type { ReservationRejected, ReservedLine } from '../../clients/product.client';
import type { PayOutcome } from '../persistence/idempotency-key.repository';
import type { InputOfType } from '../state/order-state';
import type { OrderRecorder } from './order-recorder';

/**
 * Who runs an order's steps. A `request` runs steps that it has just started. The `poller` runs
 * steps that a request may have left unfinished, so earlier calls may have been made.
 */
export type AdvancedBy = 'request' | 'poller';

/**
 * `attempt`: the payment attempt that the request started, or the order's current one if it started
 * none.
 */
export type Advancer = { by: 'poller' } | { by: 'request'; attempt: number };

/**
 * The outcome of a step that the caller waits for. `NOT_CHARGED`: the attempt charged nothing and
 * the order can be paid again; `failureCode` is the reason, if known.
 */
export type StepOutcome =
  | { kind: 'PLACED'; lines: readonly ReservedLine[] }
  | ReservationRejected
  | PayOutcome
  | { kind: 'NOT_CHARGED'; failureCode: string | null };

/** The order after a step; null for a draft that was deleted. */
export interface StepResult {
  order: OrderRow | null;
  outcome?: StepOutcome | undefined;
}

/** Whether a declined payment cancels its order, from PAYMENT_DECLINE. */
export interface DeclinePolicy {
  onDecline: 'cancel' | 'retry';
  /** From PAYMENT_MAX_ATTEMPTS_PER_ORDER. */
  maximumAttempts: number;
}

const notCharged = { kind: 'NOT_CHARGED', failureCode: null } as const;

/** PAYING: one attempt, charged at most once however often the step runs. */
export class PayStep {
  constructor(
    private readonly parts: {
      recorder: OrderRecorder;
      payments: PaymentClient;
      declinePolicy: DeclinePolicy;
    },
  ) {}

  /** @throws PeerError if the outcome of the attempt is unknown */
  async take(order: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const taken = by === 'poller' ? await this.resume(order) : { order, isOwned: true };
    if (!taken.isOwned || !taken.order) return { order: taken.order };
    let intent: PaymentIntent;
    try {
      intent = await this.createIntent(taken.order);
    } catch (error) {
      const payable = by === 'request' && (await this.recordUnreachable(order, error));
      if (payable) return { order: payable, outcome: notCharged };
      throw error;
    }
    return this.recordIntent(taken.order, order.attempt, intent);
  }

  /**
   * Marks the attempt as resumed by the poller: from now on, a failed connection of the request
   * does not prove that the attempt was not sent.
   *
   * @returns `isOwned` false if the order has changed: the attempt must not be sent
   */
  private async resume(order: OrderRow): Promise<{ order: OrderRow | null; isOwned: boolean }> {
    if (order.attemptResumed) return { order, isOwned: true };
    const { recorder } = this.parts;
    const resumed = await recorder.record(order, { type: 'attempt_resumed', attempt: order.attempt });
    return { order: resumed.order, isOwned: resumed.kind === 'moved' };
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
      // Omitted if null: the previous version of the payment subgraph rejects the field.
      ...(returnUrl !== null && { returnUrl }),
    });
  }

  /** @returns the order that can be paid again, or null if the attempt may have been sent */
  private async recordUnreachable(order: OrderRow, error: unknown): Promise<OrderRow | null> {
    if (!(error instanceof PeerError) || error.outcome === 'unknown') return null;
    const { recorder } = this.parts;
    const recorded = await recorder.record(order, { type: 'payment_unreachable', attempt: order.attempt });
    return recorded.kind === 'moved' ? recorded.order : null;
  }

  private async recordIntent(order: OrderRow, attempt: number, intent: PaymentIntent): Promise<StepResult> {
    const { recorder, declinePolicy } = this.parts;
    const { paymentId, outcome, failureCode } = intent;
    switch (outcome) {
      case 'SUCCEEDED': {
        // The intent was created with this order's amount, which never changes.
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

/** The transition input for a declined attempt; `retry` is null if a decline cancels the order. */
export function paymentFailed(
  { onDecline, maximumAttempts }: DeclinePolicy,
  { isOverdue }: { isOverdue: boolean },
  declined: Pick<InputOfType<'payment_failed'>, 'attempt' | 'paymentId' | 'operatorReason'>,
): InputOfType<'payment_failed'> {
  const retry = onDecline === 'retry' ? { isOverdue, maximumAttempts } : null;
  return { type: 'payment_failed', ...declined, retry };
}
