import type { Peer } from '@shop/kit/peer';
import type { OrderLine } from '../order/state/order-line';
import type { Refusal } from '../order/state/order-outcome';
import { type Placement, placementOf } from '../order/state/order-placement';
import {
  CommitStocksDocument,
  ReleaseStockDocument,
  ReserveStockDocument,
  type ReserveStockMutation,
} from './generated/product';

/** `CLOSED`: the order's stock was released earlier, and no more can be reserved for it. */
export type ReservationResult = { kind: 'RESERVED'; placement: Placement } | Refusal | { kind: 'CLOSED' };

const idempotent = { isIdempotent: true };

/**
 * The internal operations of the product subgraph. Each is idempotent by order and throws PeerError
 * if the call fails.
 */
export class ProductClient {
  constructor(private readonly peer: Peer) {}

  /** Reserves all lines or none. A repeat returns the same result. */
  async reserveStock(orderId: string, lines: OrderLine[]): Promise<ReservationResult> {
    const { reserveStock } = await this.peer.execute(
      ReserveStockDocument,
      { input: { orderId, lines } },
      idempotent,
    );
    return toReservationResult(reserveStock);
  }

  /**
   * Commits the reservations of these orders: their stock is sold.
   *
   * @returns the orders whose stock is sold; the others have no reservation
   */
  async commitStocks(orderIds: readonly string[]): Promise<Set<string>> {
    const { commitStocks } = await this.peer.execute(
      CommitStocksDocument,
      { orderIds: [...orderIds] },
      idempotent,
    );
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
