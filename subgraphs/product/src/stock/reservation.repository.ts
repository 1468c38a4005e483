import { commitStep, statement } from '@shop/kit/database';
import { isUuid } from '@shop/kit/ids';
import type { DataSource } from 'typeorm';

/** Units of one product to reserve. */
export interface RequestedLine {
  productId: string;
  quantity: number;
}

/** A reserved line with the product's data at the time of the reservation. */
export interface HeldLine extends RequestedLine {
  /** From 1, in the order of the request. */
  position: number;
  sku: string;
  name: string;
  unitPriceCents: number;
  currency: string;
}

/** The result of a reserve. Nothing is held unless it is RESERVED. */
export type ReservationOutcome =
  | { kind: 'RESERVED'; lines: HeldLine[] }
  | { kind: 'STOCK_SHORT'; lines: { productId: string; requested: number; available: number }[] }
  | { kind: 'UNKNOWN_PRODUCTS'; productIds: string[] }
  | { kind: 'MIXED_CURRENCIES'; currencies: string[] }
  /** The order's reservation was released before. */
  | { kind: 'CLOSED'; orderId: string };

/** `reserve_stock` returns positions for unknown products, because a malformed ID is passed as null. */
type StoredOutcome =
  | Exclude<ReservationOutcome, { kind: 'UNKNOWN_PRODUCTS' | 'CLOSED' }>
  | { kind: 'UNKNOWN_PRODUCTS'; positions: number[] }
  | { kind: 'CLOSED' };

const reserve = statement('ReservationRepository.reserve', 'SELECT reserve_stock($1, $2, $3, $4) AS outcome');

// Locks in the order of the IDs: batches with the same orders cannot deadlock. The lock returns the
// status after the wait, so that concurrent commits of one order both return it.
const commit = statement(
  'ReservationRepository.commit',
  `WITH kept AS (
     SELECT order_id, status FROM reservations
      WHERE order_id = ANY ($1::uuid[]) AND status <> 'RELEASED' ORDER BY order_id FOR NO KEY UPDATE
   ), committed AS (
     UPDATE reservations SET status = 'COMMITTED', updated_at = now()
       FROM kept WHERE reservations.order_id = kept.order_id AND kept.status = 'HELD'
   )
   SELECT order_id AS "orderId" FROM kept`,
);

const release = statement('ReservationRepository.release', 'SELECT release_stock($1)');

/**
 * Reservations. Each method is one statement in its own transaction. Every statement locks
 * reservations before products.
 */
export class ReservationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Reserves all lines or none. A repeat for an order returns its reservation. `lines` contain each
   * product once.
   *
   * @param input.depletionEvents of `Outbox.deliveriesOf`: one event per product, stored if its stock
   *   becomes 0
   * @param checkBefore throws if the deadline is exceeded; called before the statement is sent
   */
  async reserve(
    input: { orderId: string; lines: readonly RequestedLine[]; depletionEvents: string },
    checkBefore: () => void,
  ): Promise<ReservationOutcome> {
    const { orderId, lines, depletionEvents } = input;
    const ids = lines.map(({ productId }) => (isUuid(productId) ? productId : null));
    const quantities = lines.map(({ quantity }) => quantity);
    const values = [orderId, ids, quantities, depletionEvents];
    const [row] = await commitStep<{ outcome: StoredOutcome }>(
      this.dataSource,
      'product.stock_reserved',
      reserve,
      values,
      checkBefore,
    );
    const { outcome } = row!;
    if (outcome.kind === 'CLOSED') return { ...outcome, orderId };
    if (outcome.kind !== 'UNKNOWN_PRODUCTS') return outcome;
    const unknown = new Set(outcome.positions);
    const productIds = lines.filter((_line, index) => unknown.has(index + 1)).map((line) => line.productId);
    return { kind: outcome.kind, productIds };
  }

  /** HELD → COMMITTED. @returns the orders whose reservation is COMMITTED now */
  async commit(orderIds: readonly string[]): Promise<Set<string>> {
    const step = 'product.stock_committed';
    const rows = await commitStep<{ orderId: string }>(this.dataSource, step, commit, [orderIds]);
    return new Set(rows.map((row) => row.orderId));
  }

  /** Closes the reservation permanently and returns its units to the stock, once. */
  async release(orderId: string): Promise<void> {
    await commitStep(this.dataSource, 'product.stock_released', release, [orderId]);
  }
}
