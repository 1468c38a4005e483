import { createEvent, type ProductStockDepleted } from '@shop/events/contracts';
import { publishEvent } from '@shop/events/outbox';
import type { Transaction } from '@shop/kit/database';
import type { Product } from '../product/product.entity';

type Depleted = Pick<Product, 'id' | 'sku'>;

/** Tells, in the transaction that took the last units, that there are none. */
export async function tellStockDepleted(
  transaction: Transaction,
  products: readonly Depleted[],
): Promise<void> {
  for (const product of products) await publishEvent(transaction, stockDepleted(product));
}

function stockDepleted({ id: productId, sku }: Depleted): ProductStockDepleted {
  return createEvent({
    source: 'product',
    type: 'product.stock_depleted',
    subject: productId,
    data: { productId, sku },
  });
}
