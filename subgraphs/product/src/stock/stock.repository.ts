import type { Transaction } from '@shop/kit/database';
import type { Product } from '../product/product.entity';
import { productColumns } from '../product/product.repository';

/** A change of the stock, as the ledger records it. Entries are never updated or deleted. */
export interface StockAdjustment {
  productId: string;
  /** Units added, or removed if negative. */
  delta: number;
  reason: string;
  /** User ID of the administrator. */
  actor: string;
  idempotencyKey: string | null;
}

/** The stock of products and its ledger. */
export class StockRepository {
  /** Changes the stock and inserts the ledger entry. @returns undefined if no product has enough stock */
  async adjust(transaction: Transaction, adjustment: StockAdjustment): Promise<Product | undefined> {
    const { productId, delta, reason, actor, idempotencyKey } = adjustment;
    const [product] = await transaction.query<Product[]>(
      `/* StockRepository.adjust */
       WITH adjusted AS (
         UPDATE products SET stock = stock + $2 WHERE id = $1 AND stock + $2 >= 0 RETURNING *
       ), booked AS (
         INSERT INTO stock_ledger (product_id, delta, reason, actor, idempotency_key)
         SELECT id, $2, $3, $4, $5 FROM adjusted
       )
       SELECT ${productColumns} FROM adjusted AS products`,
      [productId, delta, reason, actor, idempotencyKey],
    );
    return product;
  }
}
