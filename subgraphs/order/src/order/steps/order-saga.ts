import type { Logger } from '@shop/kit/logger';
import { PeerError } from '@shop/kit/peer';
import type { RefundOutcome } from '../../clients/generated/payment';
import type { PaymentClient } from '../../clients/payment.client';
import type { ProductClient } from '../../clients/product.client';
import type { OrderFact } from '../state/order-fact';
import type { OrderRecorder } from './order-recorder';
import type { PayStep } from './pay.step';
import type { ReserveStep } from './reserve.step';
import type { AdvancedBy, Advancer, Finding } from './saga-finding';
import type { OrderEntity } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';

interface SagaParts {
  orders: OrderRepository;
  recorder: OrderRecorder;
  reserveStep: ReserveStep;
  payStep: PayStep;
  products: ProductClient;
  payments: PaymentClient;
  logger: Logger;
}

/**
 * The order's life. Each step calls one other service, idempotently, with no lock or transaction open, and records what
 * came of it. So a step taken twice, at once or again after a crash, is a step taken once.
 */
export class OrderSaga {
  constructor(private readonly parts: SagaParts) {}

  /**
   * Takes the order's next steps until it waits for something, is at its end, or another service does not answer. What is
   * left then is the job's.
   *
   * @returns the last thing found out that a caller waits for
   */
  async advance(orderId: string, advancer: Advancer): Promise<Finding | undefined> {
    const { by } = advancer;
    let finding: Finding | undefined;
    let before: string | undefined;
    for (;;) {
      const order = await this.parts.orders.findById(orderId);
      const place = order ? `${order.step} ${order.attempt}` : undefined;
      // At the same place again: the step that was taken changed nothing, so the order waits.
      if (!order || place === before || isAtRest(order, advancer)) return finding;
      before = place;
      try {
        finding = (await this.takeStep(order, by)) ?? finding;
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        const { outcome, message } = error;
        const fields = { orderId, step: order.step, by, outcome, reason: message };
        this.parts.logger.warn('order step got no answer', fields);
        return finding;
      }
    }
  }

  private async takeStep(order: OrderEntity, by: AdvancedBy): Promise<Finding | undefined> {
    const { products, recorder, reserveStep, payStep } = this.parts;
    switch (order.step) {
      case 'RESERVING':
        return reserveStep.take(order, by);
      case 'AWAITING_PAYMENT':
        await recorder.record(order.id, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
        return undefined;
      case 'PAYING':
        return payStep.take(order, by);
      case 'COMMITTING':
        await products.commitStock(order.id);
        await recorder.record(order.id, { type: 'stock_committed' });
        return undefined;
      case 'REFUNDING':
        return this.refund(order);
      case 'ABANDONING':
      case 'RELEASING':
        await products.releaseStock(order.id);
        await recorder.record(order.id, { type: 'stock_released' });
        return undefined;
      case 'SETTLED':
      case 'CLOSED':
        return undefined;
      default:
        return order.step satisfies never;
    }
  }

  private async refund({ id, paymentId }: OrderEntity): Promise<undefined> {
    const { payments, recorder, logger } = this.parts;
    if (paymentId === null) throw new Error('an order that is refunded names no payment');
    const outcome = await payments.refund(id);
    if (outcome === 'NOTHING_TO_REFUND')
      logger.warn('refund skipped: the payment subgraph has no charge of the order', {
        orderId: id,
        paymentId,
      });
    await recorder.record(id, factOfRefund(outcome, paymentId));
  }
}

function factOfRefund(outcome: RefundOutcome, paymentId: string): OrderFact {
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
 * Nothing to do here; an unpaid order's time is the job's business, and another request's attempt is that request's: whoever took it, and
 * reached nobody, would give up what the other one may be charging.
 */
function isAtRest({ step, attempt }: OrderEntity, advancer: Advancer): boolean {
  if (step === 'AWAITING_PAYMENT') return advancer.by === 'request';
  if (step === 'PAYING') return advancer.by === 'request' && attempt !== advancer.attempt;
  return step === 'SETTLED' || step === 'CLOSED';
}
