import { AppError } from '@shop/kit/errors';
import type { Product } from '../product/product.entity';
import type { RequestedLine } from './reservation.entity';

/** Why nothing is held for an order: members of the graph's ReserveStockResult. */
export type ReservationRefusal =
  | { __typename: 'UnknownProducts'; productIds: string[] }
  | { __typename: 'MixedCurrencies'; currencies: string[] }
  | { __typename: 'StockShort'; lines: { productId: string; requested: number; available: number }[] };

const maximumLines = 100;
const maximumQuantity = 999;

/**
 * One line per product, in the order of their first mention, ids in lower case.
 *
 * @throws AppError bad_request for no line, too many, or a quantity outside 1 to 999
 */
export function mergeLines(lines: readonly RequestedLine[]): RequestedLine[] {
  if (lines.length < 1 || lines.length > maximumLines) {
    throw new AppError('bad_request', `A reservation has 1 to ${maximumLines} lines, not ${lines.length}.`);
  }
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    if (quantity < 1 || quantity > maximumQuantity) {
      throw new AppError('bad_request', `A quantity is 1 to ${maximumQuantity}, not ${quantity}.`);
    }
    const id = productId.toLowerCase();
    quantities.set(id, (quantities.get(id) ?? 0) + quantity);
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** All lines or none: the first kind of reason against holding `lines`, or undefined when there is none. */
export function whyNotHeld(
  lines: readonly RequestedLine[],
  products: readonly Product[],
): ReservationRefusal | undefined {
  const byId = new Map(products.map((product) => [product.id, product]));
  const unknown = lines.filter((line) => !byId.has(line.productId));
  if (unknown.length > 0) {
    return { __typename: 'UnknownProducts', productIds: unknown.map((line) => line.productId) };
  }
  const currencies = [...new Set(products.map((product) => product.currency))].sort();
  if (currencies.length > 1) return { __typename: 'MixedCurrencies', currencies };
  const short = lines
    .map(({ productId, quantity }) => ({
      productId,
      requested: quantity,
      available: byId.get(productId)?.stock ?? 0,
    }))
    .filter((line) => line.available < line.requested);
  return short.length > 0 ? { __typename: 'StockShort', lines: short } : undefined;
}
