import { PeerError } from '@shop/kit/peer';
import type { ProductClient, ReservationResult } from '../../clients/product.client';
import type { OrderRow } from '../persistence/order.entity';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy, StepResult } from './step-result';

/** RESERVING: places the draft if all of its stock is reserved; otherwise abandons it. */
export class ReserveStep {
  constructor(private readonly parts: { recorder: OrderRecorder; products: ProductClient }) {}

  /** @throws PeerError */
  async take(draft: OrderRow, by: AdvancedBy): Promise<StepResult> {
    const { recorder } = this.parts;
    if (by === 'poller') {
      const aged = await recorder.record(draft, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
      if (aged.kind !== 'unchanged') return { order: aged.order };
    }
    return this.recordReservation(draft, await this.reserve(draft, by));
  }

  private async reserve(draft: OrderRow, by: AdvancedBy): Promise<ReservationResult> {
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
}
