import type { Transaction } from '@shop/kit/database';
import type { Product } from '../product/product.entity';

/** A product of the seed, with the values that the database chooses otherwise. */
export type SeedProduct = Omit<Product, 'updatedAt'>;

/** Inserts the products of the seed. */
export class SeedRepository {
  /**
   * Inserts missing products with ledger entries of their stock. A product whose ID or SKU exists stays
   * unchanged.
   *
   * @returns the number of inserted products
   */
  async insertMissing(transaction: Transaction, products: readonly SeedProduct[]): Promise<number> {
    const [row] = await transaction.query<[{ added: number }]>(
      `/* SeedRepository.insertMissing */
       WITH added AS (
         INSERT INTO products (id, sku, name, description, price_cents, currency, stock, created_at, updated_at)
         SELECT id, sku, name, description, "priceCents", currency, stock, "createdAt", "createdAt"
         FROM jsonb_to_recordset($1::jsonb) AS seed (
           id uuid, sku text, name text, description text, "priceCents" bigint, currency text, stock int,
           "createdAt" timestamptz)
         ON CONFLICT DO NOTHING
         RETURNING id, stock, created_at
       ), booked AS (
         INSERT INTO stock_ledger (product_id, delta, reason, actor, created_at)
         SELECT id, stock, 'Initial stock', 'seed', created_at FROM added WHERE stock > 0
       )
       SELECT count(*) AS added FROM added`,
      [JSON.stringify(products)],
    );
    return row.added;
  }
}
