/** What a customer asks for: so many units of a product. */
export interface OrderLine {
  productId: string;
  quantity: number;
}

/** One field of a request that breaks a rule; `path` as in the input object. */
export interface FieldProblem {
  path: string;
  message: string;
}

const maximumLines = 100;
const maximumQuantity = 999;

/** The lines with the same product merged, at the place of its first; or the rules that they break. */
export function readOrderLines(
  items: readonly OrderLine[],
): { lines: OrderLine[]; problems?: undefined } | { lines?: undefined; problems: FieldProblem[] } {
  if (items.length < 1 || items.length > maximumLines) {
    return {
      problems: [{ path: 'items', message: `An order has 1 to ${maximumLines} lines, not ${items.length}.` }],
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
  const rule = `Between 1 and ${maximumQuantity} units of a product can be ordered`;
  return before > 0 ? `${rule}, all its lines together.` : `${rule}.`;
}
