import { commitStep, nameStep, query, statement, type Transaction } from '@shop/kit/database';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import type { DataSource } from 'typeorm';
import { type OrderMove, moveStatement } from './move-statement';
import {
  isPlaced,
  longestDraftSeconds,
  type OrderLine,
  type OrderRow,
  orderRowColumns,
  type PlacedOrder,
} from './order.entity';

export interface NewDraft {
  id: string;
  userId: string;
  lines: OrderLine[];
  key: string | null;
  requestHash: Buffer;
  /** Null for a customer without limits. */
  limits: OpenOrderLimits | null;
  /** Delay until the draft is due for the poller. */
  dueInMs: number;
  traceparent: string | null;
}

/** Limits on the unpaid orders of a customer. */
export interface OpenOrderLimits {
  ordersPerCustomer: number;
  /** Units of one product in all open orders of a customer. */
  unitsPerProduct: number;
}

/** `current` does not include the new order. */
export type LimitReached =
  | { kind: 'TOO_MANY_OPEN_ORDERS'; limit: number; current: number }
  | { kind: 'TOO_MANY_HELD_UNITS'; limit: number; current: number; productId: string; requested: number };

/** `KEY_USED`: an earlier request used the idempotency key. */
export type OpenedDraft = { kind: 'OPENED'; draft: OrderRow } | { kind: 'KEY_USED' } | LimitReached;

/** Migration 1795900000090 creates the function. */
const openDraft = statement(
  'OrderRepository.openDraft',
  `SELECT kind, current, product_id AS "productId", opened_at AS "openedAt"
     FROM open_draft($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

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

// Locks in the order of the IDs, as a batch of payment events does, to prevent deadlocks. An
// UPDATE alone locks in the order of its plan.
const settle = statement(
  'OrderRepository.settle',
  `WITH locked AS (
     SELECT orders.id FROM orders JOIN unnest($1::uuid[], $2::int[]) AS committed (id, version)
         ON orders.id = committed.id AND orders.version = committed.version AND orders.step = 'COMMITTING'
      ORDER BY orders.id FOR NO KEY UPDATE OF orders)
   UPDATE orders
      SET step = 'SETTLED', version = orders.version + 1, moved_at = now(), due_at = NULL, due_tries = 0
     FROM locked WHERE orders.id = locked.id
   RETURNING orders.id`,
);

const restoreDueTime = statement(
  'OrderRepository.restoreDueTime',
  `UPDATE orders
      SET due_at = CASE WHEN step = 'AWAITING_PAYMENT' THEN expires_at
                        WHEN step = 'PAYING' THEN due_at END,
          due_tries = 0
    WHERE id = $1 AND version = $2 RETURNING id`,
);

/** Reads and writes single orders. Lists are in order-page.repository.ts. */
export class OrderRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims the key, checks the limits and inserts a draft, whose stock is not reserved yet; or
   * changes nothing. Concurrent calls of one customer are serialized, so that each counts the drafts
   * of the others.
   */
  async openDraft(draft: NewDraft): Promise<OpenedDraft> {
    const { id, userId, lines, key, requestHash, limits, dueInMs, traceparent } = draft;
    const values = [
      ...[id, userId, JSON.stringify(lines), key, requestHash],
      ...[limits?.ordersPerCustomer ?? null, limits?.unitsPerProduct ?? null, longestDraftSeconds],
      ...[dueInMs, traceparent],
    ];
    const [opened] = await commitStep<{
      kind: OpenedDraft['kind'];
      current: number;
      productId: string;
      openedAt: Date;
    }>(this.dataSource, 'order.draft_opened', openDraft, values, assertDeadlineNotExceeded);
    const { kind, current, productId, openedAt } = opened!;
    switch (kind) {
      case 'OPENED':
        return { kind, draft: draftRow(draft, openedAt) };
      case 'KEY_USED':
        return { kind };
      case 'TOO_MANY_OPEN_ORDERS':
        return { kind, limit: limits!.ordersPerCustomer, current };
      case 'TOO_MANY_HELD_UNITS': {
        const requested = lines.find((line) => line.productId === productId)!.quantity;
        return { kind, limit: limits!.unitsPerProduct, current, productId, requested };
      }
      default:
        return kind satisfies never;
    }
  }

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
    const values = [orders.map(({ id }) => id), orders.map(({ version }) => version)];
    await commitStep(this.dataSource, step, settle, values);
  }

  /**
   * Undoes the claim of an order without a next step: it is due when it expires, or never. An order in
   * PAYING stays due at the end of the lease, but has not failed.
   */
  async restoreDueTime({ id, version }: OrderRow): Promise<void> {
    await query(this.dataSource, restoreDueTime, [id, version]);
  }
}

function draftRow({ id, userId, lines: draftLines, traceparent }: NewDraft, openedAt: Date): OrderRow {
  return {
    ...{ id, userId, draftLines, createdAt: openedAt, updatedAt: openedAt, version: 0, isOverdue: false },
    ...{ step: 'RESERVING', status: null, attempt: 0, unreachableAttempts: 0, attemptResumed: false },
    ...{ paymentMethod: null, returnUrl: null, paymentId: null, cancelReason: null, refundRevision: 0 },
    ...{ currency: null, totalCents: null, expiresAt: null, traceparent },
  };
}
