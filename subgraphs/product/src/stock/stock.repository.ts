import type { Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { Product } from '../product/product.entity';
import { productColumns } from '../product/product.repository';

/** A change of what is on hand. */
export interface StockAdjustment {
  productId: string;
  delta: number;
  reason: string;
  /** The administrator's user id. */
  actor: string;
  idempotencyKey: string | undefined;
}

/** A product whose books do not agree; all in units. */
export interface StockMismatch {
  productId: string;
  stock: number;
  held: number;
  committed: number;
  ledger: number;
}

/** What is on hand, and the ledger that explains it. */
export class StockRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Changes the stock and books it. @returns undefined when there is no such product, or too little of it */
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

  /** Products that break `stock + held + committed = Σ ledger`, as of one moment; there should never be one. */
  findStockMismatches(): Promise<StockMismatch[]> {
    return this.dataSource.query<StockMismatch[]>(
      `/* StockRepository.findStockMismatches */
       WITH reserved AS (
         SELECT product_id,
                coalesce(sum(quantity) FILTER (WHERE status = 'HELD'), 0) AS held,
                coalesce(sum(quantity) FILTER (WHERE status = 'COMMITTED'), 0) AS committed
         FROM reservation_lines JOIN reservations USING (order_id)
         GROUP BY product_id
       ), booked AS (
         SELECT product_id, sum(delta) AS ledger FROM stock_ledger GROUP BY product_id
       ), books AS (
         SELECT id AS "productId", stock, coalesce(held, 0) AS held, coalesce(committed, 0) AS committed,
                coalesce(ledger, 0) AS ledger
         FROM products
         LEFT JOIN reserved ON reserved.product_id = products.id
         LEFT JOIN booked ON booked.product_id = products.id
       )
       SELECT * FROM books WHERE stock + held + committed <> ledger`,
    );
  }
}
