import type { Transaction } from '@shop/kit/database';
import { type DataSource, In } from 'typeorm';
import { isPlaced, OrderEntity, type PlacedOrder } from './order.entity';
import { orderColumns } from './order-columns';
import type { OrderLine } from '../state/order-line';
import type { StateColumns } from './order-state-columns';

/** An order under its row lock, with what the database's clock says of it. */
export type LockedOrder = OrderEntity & {
  /** The time to pay is over; for a draft, the time to be placed. */
  isOverdue: boolean;
  /** Milliseconds until the time to pay is over, negative after it; null for a draft. */
  msToExpiry: number | null;
};

/** A draft that could not be placed for so long is given up: whoever asked for it has gone. */
export const longestDraftSeconds = 60;

/** Writes and locks of `orders`. Lists are in order-page.repository.ts. */
export class OrderRepository {
  constructor(private readonly dataSource: DataSource) {}

  findById(id: string): Promise<OrderEntity | null> {
    return this.dataSource.manager.findOne(OrderEntity, {
      where: { id },
      comment: 'OrderRepository.findById',
    });
  }

  /** @throws Error when there is none: an order that was placed stays for ever */
  async getPlaced(id: string): Promise<PlacedOrder> {
    const order = await this.findById(id);
    if (!order || !isPlaced(order)) throw new Error('an order that was placed is gone');
    return order;
  }

  /** In no order; ids that are not there are left out. */
  findByIds(ids: readonly string[]): Promise<OrderEntity[]> {
    const where = { id: In([...ids]) };
    return this.dataSource.manager.find(OrderEntity, { where, comment: 'OrderRepository.findByIds' });
  }

  /** Waits for whoever holds the row. Every decision about an order is made under this lock. */
  async lockById(transaction: Transaction, id: string): Promise<LockedOrder | null> {
    const rows = await transaction.query<LockedOrder[]>(
      `/* OrderRepository.lockById */
       SELECT ${orderColumns('orders')},
              COALESCE(expires_at, created_at + $2 * interval '1 second') <= now() AS "isOverdue",
              (EXTRACT(epoch FROM expires_at - now()) * 1000)::float8 AS "msToExpiry"
         FROM orders WHERE id = $1 FOR UPDATE`,
      [id, longestDraftSeconds],
    );
    return rows[0] ?? null;
  }

  /** @param id given when an idempotency key has chosen it before */
  async insertDraft(
    transaction: Transaction,
    draft: { id?: string; userId: string; lines: OrderLine[] },
  ): Promise<string> {
    const rows = await transaction.query<{ id: string }[]>(
      `/* OrderRepository.insertDraft */
       INSERT INTO orders (id, user_id, step, draft_lines) VALUES (COALESCE($1::uuid, uuidv7()), $2, 'RESERVING', $3)
       RETURNING id`,
      [draft.id ?? null, draft.userId, JSON.stringify(draft.lines)],
    );
    return rows[0]!.id;
  }

  /** What a draft becomes when it is placed, beside its state. */
  async savePlacement(
    transaction: Transaction,
    placement: { id: string; currency: string; totalCents: number; timeToPaySeconds: number },
  ): Promise<void> {
    await transaction.query(
      `/* OrderRepository.savePlacement */
       UPDATE orders
          SET draft_lines = NULL, currency = $2, total_cents = $3, step = 'AWAITING_PAYMENT', updated_at = now(), moved_at = now(),
              expires_at = now() + $4 * interval '1 second'
        WHERE id = $1 AND step = 'RESERVING'`,
      [placement.id, placement.currency, placement.totalCents, placement.timeToPaySeconds],
    );
  }

  /**
   * Saves a new state over the one that was read.
   *
   * @param isNews the world sees the change: `updated_at` tells its time
   * @returns false when the order is no longer where `from` says, which the row lock prevents
   */
  async saveState(
    transaction: Transaction,
    change: { id: string; from: StateColumns; to: StateColumns; isNews: boolean },
  ): Promise<boolean> {
    const { id, from, to, isNews } = change;
    const [, changed] = await transaction.query<[unknown, number]>(
      `/* OrderRepository.saveState */
       UPDATE orders
          SET step = $4, attempt = $5, attempt_resumed = $6, payment_method = $7, payment_id = $8, cancel_reason = $9,
              unreached_attempts = $10, refund_revision = $11, return_url = $13, moved_at = now(),
              updated_at = CASE WHEN $12 THEN now() ELSE updated_at END
        WHERE id = $1 AND step = $2 AND attempt = $3`,
      [
        id,
        from.step,
        from.attempt,
        to.step,
        to.attempt,
        to.attemptResumed,
        to.paymentMethod,
        to.paymentId,
        to.cancelReason,
        to.unreachedAttempts,
        to.refundRevision,
        isNews,
        to.returnUrl,
      ],
    );
    return changed === 1;
  }

  /** Drafts only: an order that was placed stays for ever. */
  async removeDraft(transaction: Transaction, id: string): Promise<void> {
    await transaction.query(
      `/* OrderRepository.removeDraft */ DELETE FROM orders WHERE id = $1 AND step IN ('RESERVING', 'ABANDONING')`,
      [id],
    );
  }
}
