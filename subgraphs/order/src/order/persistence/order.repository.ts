import { commitStep, nameStep, query, statement, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { type OrderMove, moveStatement } from './move-statement';
import { type OrderRow, orderRowColumns } from './order-columns';
import { isPlaced, type PlacedOrder } from './order.entity';

const findById = statement(
  'OrderRepository.findById',
  `SELECT ${orderRowColumns('orders')} FROM orders WHERE id = $1`,
);

const findByIds = statement(
  'OrderRepository.findByIds',
  `SELECT ${orderRowColumns('orders')} FROM orders WHERE id = ANY ($1::uuid[])`,
);

const removeDraft = statement(
  'OrderRepository.removeDraft',
  `DELETE FROM orders WHERE id = $1 AND version = $2 AND step IN ('RESERVING', 'ABANDONING') RETURNING id`,
);

const settle = statement(
  'OrderRepository.settle',
  `UPDATE orders
      SET step = 'SETTLED', version = orders.version + 1, moved_at = now(), due_at = NULL, due_tries = 0
     FROM unnest($1::uuid[], $2::int[]) AS committed (id, version)
    WHERE orders.id = committed.id AND orders.version = committed.version AND orders.step = 'COMMITTING'
   RETURNING orders.id`,
);

const restoreDueTime = statement(
  'OrderRepository.restoreDueTime',
  `UPDATE orders SET due_at = CASE WHEN step = 'AWAITING_PAYMENT' THEN expires_at END, due_tries = 0
    WHERE id = $1 AND version = $2 RETURNING id`,
);

/**
 * Reads and writes single orders. Lists are in order-page.repository.ts, drafts in
 * draft.repository.ts.
 */
export class OrderRepository {
  constructor(private readonly dataSource: DataSource) {}

  async findById(id: string, where: DataSource | Transaction = this.dataSource): Promise<OrderRow | null> {
    const [order] = await query<OrderRow>(where, findById, [id]);
    return order ?? null;
  }

  /** @throws Error if it does not exist: placed orders are never deleted */
  async getPlaced(id: string): Promise<PlacedOrder> {
    const order = await this.findById(id);
    if (!order || !isPlaced(order)) throw new Error(`order ${id} was placed and does not exist any more`);
    return order;
  }

  /** Unsorted; unknown IDs are skipped. */
  findByIds(ids: readonly string[], where: DataSource | Transaction = this.dataSource): Promise<OrderRow[]> {
    return query<OrderRow>(where, findByIds, [ids]);
  }

  /**
   * Writes a state change and everything that belongs to it, in one statement.
   *
   * @param step of the saga, for example `order.payment_started`
   * @param transaction if omitted, the statement commits by itself
   * @param checkBefore see `commitStep`
   * @returns the updated order; null if it changed since it was read, or the key was used
   */
  async move(
    step: string,
    move: OrderMove,
    { transaction, checkBefore }: { transaction?: Transaction; checkBefore?: () => void } = {},
  ): Promise<OrderRow | null> {
    const { statement, values } = moveStatement(move);
    if (transaction) nameStep(transaction, step);
    const [order] = transaction
      ? await query<OrderRow>(transaction, statement, values)
      : await commitStep<OrderRow>(this.dataSource, step, statement, values, checkBefore);
    return order ?? null;
  }

  /**
   * Deletes a draft; placed orders are never deleted.
   *
   * @returns false if it changed since it was read
   */
  async removeDraft(step: string, { id, version }: OrderRow): Promise<boolean> {
    return (await commitStep(this.dataSource, step, removeDraft, [id, version])).length === 1;
  }

  /** Moves orders from COMMITTING to SETTLED unless they changed since they were read. */
  async settle(step: string, orders: readonly OrderRow[]): Promise<void> {
    // Sorted by ID, so that concurrent processes cannot deadlock.
    const sorted = orders.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const values = [sorted.map(({ id }) => id), sorted.map(({ version }) => version)];
    await commitStep(this.dataSource, step, settle, values);
  }

  /** Undoes the claim of an order without a next step: it is due when it expires, or never. */
  async restoreDueTime({ id, version }: OrderRow): Promise<void> {
    await query(this.dataSource, restoreDueTime, [id, version]);
  }
}
