import type { Logger } from '@shop/kit/logger';
import { PeerError } from '@shop/kit/peer';
import type { RefundOutcome } from '../../clients/generated/payment';
import type { PaymentClient } from '../../clients/payment.client';
import type { ProductClient, ReservationResult } from '../../clients/product.client';
import type { OrderRow } from '../persistence/order.entity';
import type { OrderTransitionInput } from '../state/order-state';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy, Advancer, PayStep, StepResult } from './pay.step';

interface SagaParts {
  recorder: OrderRecorder;
  payStep: PayStep;
  products: ProductClient;
  payments: PaymentClient;
  logger: Logger;
}

/**
 * Runs the steps of one order. Each step calls one other service, without an open transaction, and
 * records the outcome. The calls are idempotent, so a step can run concurrently, or again after a
 * crash.
 */
export class OrderSaga {
  constructor(private readonly parts: SagaParts) {}

  /**
   * Runs the next steps until the order waits, has reached a final step, or a call fails. The
   * poller runs the remaining steps.
   *
   * @param row the order as last read or written
   * @returns the current order, and the last outcome that a caller waits for
   * @throws PeerError only for the poller, which retries
   */
  async advance(row: OrderRow, advancer: Advancer): Promise<StepResult> {
    const { by } = advancer;
    let result: StepResult = { order: row };
    for (;;) {
      const { order, outcome } = result;
      if (!order || isAtRest(order, advancer)) return result;
      try {
        const taken = await this.takeStep(order, by);
        result = { order: taken.order, outcome: taken.outcome ?? outcome };
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        const fields = {
          ...{ orderId: order.id, step: order.step, by },
          ...{ outcome: error.outcome, reason: error.message },
        };
        this.parts.logger.warn('order step failed', fields);
        if (by === 'poller') throw error;
        return result;
      }
      // The step changed nothing: the order waits.
      if (result.order?.step === order.step && result.order.attempt === order.attempt) return result;
    }
  }

  private async takeStep(order: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const { products, recorder, payStep } = this.parts;
    switch (order.step) {
      case 'RESERVING':
        return this.reserve(order, by);
      case 'AWAITING_PAYMENT':
        return recorder.record(order, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
      case 'PAYING':
        return payStep.take(order, by);
      case 'REFUNDING':
        return this.refund(order);
      case 'ABANDONING':
      case 'RELEASING':
        await products.releaseStock(order.id);
        return recorder.record(order, { type: 'stock_released' });
      case 'COMMITTING':
      case 'SETTLED':
      case 'CLOSED':
        return { order };
      default:
        return order.step satisfies never;
    }
  }

  /** RESERVING: places the draft if all of its stock is reserved; otherwise abandons it. */
  private async reserve(draft: OrderRow, by: AdvancedBy): Promise<StepResult> {
    if (by === 'poller') {
      const aged = await this.parts.recorder.record(draft, ({ isOverdue }) => ({
        type: 'time_passed',
        isOverdue,
      }));
      if (aged.kind !== 'unchanged') return { order: aged.order };
    }
    return this.recordReservation(draft, await this.reserveStock(draft, by));
  }

  private async reserveStock(draft: OrderRow, by: AdvancedBy): Promise<ReservationResult> {
    try {
      return await this.parts.products.reserveStock(draft.id, draft.draftLines ?? []);
    } catch (error) {
      // The client has an error: only an unknown outcome is left to the poller.
      const isFinal = by === 'request' && error instanceof PeerError && error.outcome !== 'unknown';
      if (isFinal) await this.parts.recorder.record(draft, { type: 'reservation_abandoned' });
      throw error;
    }
  }

  private async recordReservation(draft: OrderRow, result: ReservationResult): Promise<StepResult> {
    const { recorder } = this.parts;
    if (result.kind === 'RESERVED') {
      const { placement } = result;
      const recorded = await recorder.record(draft, { type: 'stock_reserved', placement });
      const { order } = recorded;
      return recorded.kind === 'moved'
        ? { order, outcome: { kind: 'PLACED', lines: placement.lines } }
        : { order };
    }
    if (result.kind === 'CLOSED') return recorder.record(draft, { type: 'reservation_abandoned' });
    const recorded = await recorder.record(draft, { type: 'reservation_rejected', rejection: result });
    return { order: recorded.order, outcome: recorded.kind === 'moved' ? result : undefined };
  }

  private async refund(order: OrderRow): Promise<StepResult> {
    const { payments, recorder, logger } = this.parts;
    const { id: orderId, paymentId } = order;
    if (paymentId === null) throw new Error(`order ${orderId} is REFUNDING without a paymentId`);
    const outcome = await payments.refund(orderId);
    if (outcome === 'NOTHING_TO_REFUND')
      logger.warn('refund skipped: the payment subgraph has no charge of the order', { orderId, paymentId });
    return recorder.record(order, refundInput(outcome, paymentId));
  }
}

function refundInput(outcome: RefundOutcome, paymentId: string): OrderTransitionInput {
  switch (outcome) {
    case 'PENDING':
      return { type: 'refund_started', paymentId };
    case 'REFUNDED':
      return { type: 'charge_refunded', paymentId, revision: firstEndRevision };
    case 'NOTHING_TO_REFUND':
      return { type: 'nothing_refunded', paymentId };
    default:
      return outcome satisfies never;
  }
}

/** The revision of a refund that has already succeeded, so that its event is ignored. */
const firstEndRevision = 2;

/**
 * Whether the advancer has no step to run. Only the poller expires unpaid orders and commits stock
 * (commit.step.ts). A request must not run the attempt of another request: if its call failed, it
 * would record as unreachable an attempt that the other request may be charging.
 */
function isAtRest({ step, attempt }: OrderRow, advancer: Advancer): boolean {
  if (step === 'AWAITING_PAYMENT') return advancer.by === 'request';
  if (step === 'PAYING') return advancer.by === 'request' && attempt !== advancer.attempt;
  return step === 'COMMITTING' || step === 'SETTLED' || step === 'CLOSED';
}
