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
