/** One line as it is reserved: the product with its price, SKU and name at that moment. */
export interface ReservedLine {
  productId: string;
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

/** What a draft becomes when all its stock is held. */
export interface Placement {
  lines: ReservedLine[];
  currency: string;
  totalCents: number;
}

/**
 * Adds up what was reserved.
 *
 * @throws Error when the total leaves 2^53-1 or there is no line; the limits of price, quantity and lines prevent both
 */
export function placementOf(reserved: { lines: ReservedLine[]; currency: string | undefined }): Placement {
  const { lines, currency } = reserved;
  if (currency === undefined) throw new Error('a reservation without lines');
  const totalCents = lines.reduce((sum, line) => sum + lineTotalCents(line), 0);
  if (!Number.isSafeInteger(totalCents)) throw new Error('the total of an order exceeds 2^53-1');
  return { lines, currency, totalCents };
}

/** @throws Error when the product leaves 2^53-1 */
export function lineTotalCents(line: { quantity: number; unitPriceCents: number }): number {
  const cents = line.quantity * line.unitPriceCents;
  if (!Number.isSafeInteger(cents)) throw new Error('the total of a line exceeds 2^53-1');
  return cents;
}
