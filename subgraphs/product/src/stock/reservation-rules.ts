import { AppError } from '@shop/kit/errors';
import type { RequestedLine } from './reservation.entity';

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
