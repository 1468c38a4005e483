import type { Peer } from '@shop/kit/peer';
import {
  CommitStocksDocument,
  ReleaseStockDocument,
  ReserveStockDocument,
  type ReserveStockMutation,
} from './generated/product';

/** A reserved line with the product's price, SKU and name at that time. */
export interface ReservedLine {
  productId: string;
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

/** The data of a placed order, known once all stock is reserved. */
export interface Placement {
  lines: ReservedLine[];
  currency: string;
  totalCents: number;
}

export interface Shortage {
  productId: string;
  requested: number;
  available: number;
}

/** Why no stock is reserved. */
export type ReservationRejected =
  | { kind: 'OUT_OF_STOCK'; shortages: Shortage[] }
  | { kind: 'PRODUCTS_UNKNOWN'; productIds: string[] }
  | { kind: 'CURRENCIES_MIXED'; currencies: string[] };

/** `CLOSED`: the order's stock was released earlier, and no more can be reserved for it. */
export type ReservationResult =
  { kind: 'RESERVED'; placement: Placement } | ReservationRejected | { kind: 'CLOSED' };

const idempotent = { isIdempotent: true };

/**
 * The internal operations of the product subgraph. Each is idempotent by order and throws PeerError
 * if the call fails.
 */
export class ProductClient {
  constructor(private readonly peer: Peer) {}

  /** Reserves all lines or none. A repeat returns the same result. */
  async reserveStock(
    orderId: string,
    lines: { productId: string; quantity: number }[],
  ): Promise<ReservationResult> {
    const input = { orderId, lines };
    const { reserveStock } = await this.peer.execute(ReserveStockDocument, { input }, idempotent);
    return toReservationResult(reserveStock);
  }

  /**
   * Commits the reservations of these orders: their stock is sold.
   *
   * @returns the orders whose stock is sold; the others have no reservation
   */
  async commitStocks(orderIds: string[]): Promise<Set<string>> {
    const { commitStocks } = await this.peer.execute(CommitStocksDocument, { orderIds }, idempotent);
    return new Set(commitStocks.filter(({ committed }) => committed).map(({ orderId }) => orderId));
  }

  /** Returns the reserved or sold stock. No more stock can be reserved for the order. */
  async releaseStock(orderId: string): Promise<void> {
    await this.peer.execute(ReleaseStockDocument, { orderId }, idempotent);
  }
}

function toReservationResult(result: ReserveStockMutation['reserveStock']): ReservationResult {
  switch (result.__typename) {
    case 'StockReserved': {
      const lines = result.lines.map(({ unitPrice, ...line }) => ({
        ...line,
        unitPriceCents: unitPrice.amountCents,
      }));
      const currency = result.lines[0]?.unitPrice.currency;
      return { kind: 'RESERVED', placement: placementOf({ lines, currency }) };
    }
    case 'StockShort':
      return { kind: 'OUT_OF_STOCK', shortages: result.shortages };
    case 'UnknownProducts':
      return { kind: 'PRODUCTS_UNKNOWN', productIds: result.productIds };
    case 'MixedCurrencies':
      return { kind: 'CURRENCIES_MIXED', currencies: result.currencies };
    case 'ReservationClosed':
      return { kind: 'CLOSED' };
    default:
      return result satisfies never;
  }
}

/**
 * Computes the total of the reserved lines.
 *
 * @throws Error if the total exceeds 2^53-1 or there is no line; the limits of price, quantity and
 *   lines prevent both
 */
export function placementOf(reserved: { lines: ReservedLine[]; currency: string | undefined }): Placement {
  const { lines, currency } = reserved;
  if (currency === undefined) throw new Error('the reservation has no lines');
  const totalCents = lines.reduce((sum, line) => sum + lineTotalCents(line), 0);
  if (!Number.isSafeInteger(totalCents)) throw new Error('the total of an order exceeds 2^53-1');
  return { lines, currency, totalCents };
}

/** @throws Error if the result exceeds 2^53-1 */
export function lineTotalCents(line: { quantity: number; unitPriceCents: number }): number {
  const cents = line.quantity * line.unitPriceCents;
  if (!Number.isSafeInteger(cents)) throw new Error('the total of a line exceeds 2^53-1');
  return cents;
}
