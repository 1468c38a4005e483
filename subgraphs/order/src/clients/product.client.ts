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

/** `CLOSED`: the order's stock was given back before; nothing is held, nor will be. */
export type ReservationAnswer = { kind: 'RESERVED'; placement: Placement } | Refusal | { kind: 'CLOSED' };

const idempotent = { isIdempotent: true };

/** The product subgraph's internal operations. Each is idempotent by order and throws PeerError without an answer. */
export class ProductClient {
  constructor(private readonly peer: Peer) {}

  /** Holds all lines or none; a repeat answers the same. */
  async reserveStock(orderId: string, lines: OrderLine[]): Promise<ReservationAnswer> {
    const { reserveStock } = await this.peer.execute(
      ReserveStockDocument,
      { input: { orderId, lines } },
      idempotent,
    );
    return toAnswer(reserveStock);
  }

  /** What is held for these orders becomes sold. @returns those whose stock is sold; nothing is held for the others */
  async commitStocks(orderIds: readonly string[]): Promise<Set<string>> {
    const { commitStocks } = await this.peer.execute(
      CommitStocksDocument,
      { orderIds: [...orderIds] },
      idempotent,
    );
    return new Set(commitStocks.filter(({ committed }) => committed).map(({ orderId }) => orderId));
  }

  /** What is held or sold is given back, and nothing can be held for this order any more. */
  async releaseStock(orderId: string): Promise<void> {
    await this.peer.execute(ReleaseStockDocument, { orderId }, idempotent);
  }
}

function toAnswer(answer: ReserveStockMutation['reserveStock']): ReservationAnswer {
  switch (answer.__typename) {
    case 'StockReserved': {
      const lines = answer.lines.map(({ unitPrice, ...line }) => ({
        ...line,
        unitPriceCents: unitPrice.amountCents,
      }));
      const currency = answer.lines[0]?.unitPrice.currency;
      return { kind: 'RESERVED', placement: placementOf({ lines, currency }) };
    }
    case 'StockShort':
      return { kind: 'OUT_OF_STOCK', shortages: answer.shortages };
    case 'UnknownProducts':
      return { kind: 'PRODUCTS_UNKNOWN', productIds: answer.productIds };
    case 'MixedCurrencies':
      return { kind: 'CURRENCIES_MIXED', currencies: answer.currencies };
    case 'ReservationClosed':
      return { kind: 'CLOSED' };
    default:
      return answer satisfies never;
  }
}
