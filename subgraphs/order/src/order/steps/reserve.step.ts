import { PeerError } from '@shop/kit/peer';
import type { ProductClient, ReservationAnswer } from '../../clients/product.client';
import type { CreateOutcome } from '../state/order-outcome';
import type { OrderRecorder } from './order-recorder';
import type { AdvancedBy } from './saga-finding';
import type { OrderEntity } from '../persistence/order.entity';

/** RESERVING: a draft becomes an order when all its stock is held, or goes. */
export class ReserveStep {
  constructor(private readonly parts: { recorder: OrderRecorder; products: ProductClient }) {}

  /** @throws PeerError */
  async take(draft: OrderEntity, by: AdvancedBy): Promise<CreateOutcome | undefined> {
    const { recorder } = this.parts;
    if (by === 'job') {
      const aged = await recorder.record(draft.id, ({ isOverdue }) => ({ type: 'time_passed', isOverdue }));
      if (aged !== 'unchanged') return undefined;
    }
    return this.recordAnswer(draft.id, await this.reserve(draft, by));
  }

  private async reserve({ id, draftLines }: OrderEntity, by: AdvancedBy): Promise<ReservationAnswer> {
    try {
      return await this.parts.products.reserveStock(id, draftLines ?? []);
    } catch (error) {
      // The answer is final for whoever asked. Only an unknown outcome is worth finding out by a job.
      const isFinal = by === 'request' && error instanceof PeerError && error.outcome !== 'unknown';
      if (isFinal) await this.parts.recorder.record(id, { type: 'reservation_abandoned' });
      throw error;
    }
  }

  private async recordAnswer(draftId: string, answer: ReservationAnswer): Promise<CreateOutcome | undefined> {
    const { recorder } = this.parts;
    if (answer.kind === 'RESERVED') {
      const recorded = await recorder.record(draftId, {
        type: 'stock_reserved',
        placement: answer.placement,
      });
      return recorded === 'moved' ? { kind: 'PLACED' } : undefined;
    }
    if (answer.kind === 'CLOSED') {
      await recorder.record(draftId, { type: 'reservation_abandoned' });
      return undefined;
    }
    const recorded = await recorder.record(draftId, { type: 'reservation_refused', refusal: answer });
    return recorded === 'moved' ? answer : undefined;
  }
}
