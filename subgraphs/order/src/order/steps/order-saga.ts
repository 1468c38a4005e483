import type { Logger } from '@shop/kit/logger';
import { PeerError } from '@shop/kit/peer';
import type { RefundOutcome } from '../../clients/generated/payment';
import type { PaymentClient } from '../../clients/payment.client';
import type { ProductClient } from '../../clients/product.client';
import type { OrderRow } from '../persistence/order-columns';
import type { TransitionInput } from '../state/transition-input';
import type { OrderRecorder } from './order-recorder';
import type { PayStep } from './pay.step';
import type { ReserveStep } from './reserve.step';
import type { AdvancedBy, Advancer, StepResult } from './step-result';

interface SagaParts {
  recorder: OrderRecorder;
  reserveStep: ReserveStep;
  payStep: PayStep;
  products: ProductClient;
  payments: PaymentClient;
  logger: Logger;
}

/**
 * The steps of one order. Each calls one other service, idempotently, with no lock or transaction open, and records what
 * came of it. So a step taken twice, at once or again after a crash, is a step taken once.
 */
export class OrderSaga {
  constructor(private readonly parts: SagaParts) {}

  /**
   * Takes the order's next steps until it waits for something, is at its end, or another service does not answer. What is
   * left then is the poller's.
   *
   * @param row the order as it was read or written last
   * @returns the order as it is then, and the last thing found out that a caller waits for
   * @throws PeerError for the poller, so that the order is tried again
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
        const { outcome, message } = error;
        const fields = { orderId: order.id, step: order.step, by, outcome, reason: message };
        this.parts.logger.warn('order step got no answer', fields);
        if (by === 'poller') throw error;
        return result;
      }
      // At the same place again: the order waits.
      if (result.order?.step === order.step && result.order.attempt === order.attempt) return result;
    }
  }

  private async takeStep(order: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const { products, recorder, reserveStep, payStep } = this.parts;
    switch (order.step) {
      case 'RESERVING':
        return reserveStep.take(order, by);
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

  private async refund(order: OrderRow): Promise<StepResult> {
    const { payments, recorder, logger } = this.parts;
    const { id: orderId, paymentId } = order;
    if (paymentId === null) throw new Error('an order that is refunded names no payment');
    const outcome = await payments.refund(orderId);
    if (outcome === 'NOTHING_TO_REFUND')
      logger.warn('refund skipped: the payment subgraph has no charge of the order', { orderId, paymentId });
    return recorder.record(order, inputOfRefund(outcome, paymentId));
  }
}

function inputOfRefund(outcome: RefundOutcome, paymentId: string): TransitionInput {
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

/** The revision of a refund that was already made, so that its event is ignored. */
const firstEndRevision = 2;

/**
 * Nothing to do here. The expiry of an unpaid order is the poller's, and so is the stock of a paid one (commit.step.ts).
 * Another request's attempt is that request's: whoever took it, and reached nobody, would give up what the other one may be
 * charging.
 */
function isAtRest({ step, attempt }: OrderRow, advancer: Advancer): boolean {
  if (step === 'AWAITING_PAYMENT') return advancer.by === 'request';
  if (step === 'PAYING') return advancer.by === 'request' && attempt !== advancer.attempt;
  return step === 'COMMITTING' || step === 'SETTLED' || step === 'CLOSED';
}
