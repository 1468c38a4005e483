import { PeerError } from '@shop/kit/peer';
import type { ProductClient, ReservationAnswer } from '../../clients/product.client';
import type { OrderRow } from '../persistence/order-columns';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy, StepResult } from './step-result';

/** RESERVING: a draft becomes an order when all its stock is held, or goes. */
export class ReserveStep {
  constructor(private readonly parts: { recorder: OrderRecorder; products: ProductClient }) {}

  /** @throws PeerError */
  async take(draft: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const { recorder } = this.parts;
    if (by === 'poller') {
      const aged = await recorder.record(draft, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
      if (aged.kind !== 'unchanged') return { order: aged.order };
    }
    return this.recordAnswer(draft, await this.reserve(draft, by));
  }

  private async reserve(draft: OrderRow, by: AdvancedBy): Promise<ReservationAnswer> {
    try {
      return await this.parts.products.reserveStock(draft.id, draft.draftLines ?? []);
    } catch (error) {
      // The result is final for the request. Only an unknown outcome is left to the poller.
      const isFinal = by === 'request' && error instanceof PeerError && error.outcome !== 'unknown';
      if (isFinal) await this.parts.recorder.record(draft, { type: 'reservation_abandoned' });
      throw error;
    }
  }

  private async recordAnswer(draft: OrderRow, answer: ReservationAnswer): Promise<StepResult> {
    const { recorder } = this.parts;
    if (answer.kind === 'RESERVED') {
      const { placement } = answer;
      const recorded = await recorder.record(draft, { type: 'stock_reserved', placement });
      const { order } = recorded;
      return recorded.kind === 'moved'
        ? { order, outcome: { kind: 'PLACED', lines: placement.lines } }
        : { order };
    }
    if (answer.kind === 'CLOSED') return recorder.record(draft, { type: 'reservation_abandoned' });
    const recorded = await recorder.record(draft, { type: 'reservation_refused', refusal: answer });
    return { order: recorded.order, outcome: recorded.kind === 'moved' ? answer : undefined };
  }
}
