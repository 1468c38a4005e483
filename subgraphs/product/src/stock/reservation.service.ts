import { reachCrashPoint } from '@shop/kit/crash-points';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { requireTimeLeft } from '@shop/kit/deadline';
import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import type { DataSource } from 'typeorm';
import { tellStockDepleted } from '../events/stock-events';
import type { ProductRepository } from '../product/product.repository';
import type { Product } from '../product/product.entity';
import { mergeLines, type ReservationRefusal, whyNotHeld } from './reservation-rules';
import type { HeldLine, RequestedLine } from './reservation.entity';
import type { ReservationRepository } from './reservation.repository';

export type StockReserved = { __typename: 'StockReserved'; lines: HeldLine[] };
export type ReservationClosed = { __typename: 'ReservationClosed'; orderId: string };
export type ReservationAnswer = StockReserved | ReservationRefusal | ReservationClosed;

/** Rolls the transaction back, the claim included: a refusal is not remembered. */
class NothingHeld extends Error {
  constructor(readonly refusal: ReservationRefusal) {
    super(refusal.__typename);
  }
}

/** Holds, sells and gives back units for orders; each idempotent by order. */
export class ReservationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reservations: ReservationRepository,
    private readonly products: ProductRepository,
  ) {}

  /**
   * Holds all lines or none. An order that holds something is answered the same again, whatever it asks for.
   *
   * @throws AppError bad_request for lines that no order has
   */
  async reserve(orderId: string, requested: readonly RequestedLine[]): Promise<ReservationAnswer> {
    requireOrderId(orderId);
    const lines = mergeLines(requested);
    try {
      return await inTransaction(this.dataSource, async (transaction) => {
        // The wait for a connection is over: nobody may wait for the answer any more.
        requireTimeLeft();
        nameStep(transaction, 'product.stock_reserved');
        const isFirst = await this.reservations.claim(transaction, orderId);
        return isFirst ? this.hold(transaction, orderId, lines) : this.firstAnswer(transaction, orderId);
      });
    } catch (error) {
      if (error instanceof NothingHeld) return error.refusal;
      throw error;
    }
  }

  /** @throws AppError order_state_conflict when nothing is held for the order */
  async commit(orderId: string): Promise<void> {
    requireOrderId(orderId);
    const { manager } = this.dataSource;
    if (await this.reservations.commit(manager, orderId))
      return reachCrashPoint('product.stock_committed.after-commit');
    const reservation = await this.reservations.find(manager, orderId);
    if (reservation?.status !== 'COMMITTED') {
      throw new AppError('order_state_conflict', 'Nothing is held for this order: it cannot be committed.');
    }
  }

  async release(orderId: string): Promise<void> {
    requireOrderId(orderId);
    await inTransaction(this.dataSource, async (transaction) => {
      nameStep(transaction, 'product.stock_released');
      if (await this.reservations.close(transaction, orderId)) {
        await this.reservations.giveBack(transaction, orderId);
      }
    });
  }

  private async hold(
    transaction: Transaction,
    orderId: string,
    lines: readonly RequestedLine[],
  ): Promise<StockReserved> {
    const ids = lines.map((line) => line.productId).filter(isUuid);
    const products = await this.products.lock(transaction, ids);
    const refusal = whyNotHeld(lines, products);
    if (refusal) throw new NothingHeld(refusal);
    const held = await this.reservations.hold(transaction, orderId, lines);
    await tellStockDepleted(transaction, depletedBy(held, products));
    return { __typename: 'StockReserved', lines: held };
  }

  private async firstAnswer(
    transaction: Transaction,
    orderId: string,
  ): Promise<StockReserved | ReservationClosed> {
    const reservation = await this.reservations.find(transaction, orderId);
    if (!reservation) throw new Error('The reservation is gone');
    return reservation.status === 'RELEASED'
      ? { __typename: 'ReservationClosed', orderId }
      : { __typename: 'StockReserved', lines: reservation.lines };
  }
}

/** @param products as they were before */
function depletedBy(held: readonly HeldLine[], products: readonly Product[]): Product[] {
  return products.filter(({ id, stock }) =>
    held.some(({ productId, quantity }) => productId === id && quantity === stock),
  );
}

function requireOrderId(orderId: string): void {
  if (!isUuid(orderId)) throw new AppError('bad_request', 'orderId must be a UUID.');
}
