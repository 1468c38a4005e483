import { createEvent, type ProductStockDepleted } from '@shop/events/contracts';
import type { Product } from '../product/product.entity';

/** Stored in the transaction that takes the last units of the product. */
export function stockDepleted({ id: productId, sku }: Pick<Product, 'id' | 'sku'>): ProductStockDepleted {
  return createEvent({
    source: 'product',
    type: 'product.stock_depleted',
    subject: productId,
    data: { productId, sku },
  });
}
