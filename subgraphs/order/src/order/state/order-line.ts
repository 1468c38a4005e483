/** A requested product and its quantity. */
export interface OrderLine {
  productId: string;
  quantity: number;
}

/** An invalid field of a request; `path` is its path in the input object. */
export interface FieldProblem {
  path: string;
  message: string;
}

const maximumLines = 100;
const maximumQuantity = 999;

/**
 * Merges lines with the same product, at the position of the first. Returns `problems` for invalid
 * lines.
 */
export function readOrderLines(
  items: readonly OrderLine[],
): { lines: OrderLine[]; problems?: undefined } | { lines?: undefined; problems: FieldProblem[] } {
  if (items.length < 1 || items.length > maximumLines) {
    return {
      problems: [
        { path: 'items', message: `An order must have 1 to ${maximumLines} lines, got ${items.length}.` },
      ],
    };
  }
  const problems: FieldProblem[] = [];
  const lines = new Map<string, OrderLine>();
  items.forEach((item, index) => {
    const productId = item.productId.toLowerCase();
    const before = lines.get(productId)?.quantity ?? 0;
    const quantity = before + item.quantity;
    if (item.quantity < 1 || quantity > maximumQuantity) {
      problems.push({ path: `items.${index}.quantity`, message: quantityRule(before) });
    }
    lines.set(productId, { productId, quantity });
  });
  return problems.length > 0 ? { problems } : { lines: [...lines.values()] };
}

function quantityRule(before: number): string {
  const rule = `The quantity of a product must be 1 to ${maximumQuantity}`;
  return before > 0 ? `${rule} in all of its lines together.` : `${rule}.`;
}
