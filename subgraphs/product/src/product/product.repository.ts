import { columnList, query, statement, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { Product } from './product.entity';
import type { NewProduct, ProductChanges } from './product-input';

/** The columns of `Product`, under its names. */
export const productColumns = columnList(Product, { table: 'products' });

/** Unique constraint of `products.sku`. */
export const skuConstraint = 'products_sku_key';

const findByIds = statement(
  'ProductRepository.findByIds',
  `SELECT ${productColumns} FROM products WHERE id = ANY ($1::uuid[])`,
);

const findBySkus = statement(
  'ProductRepository.findBySkus',
  `SELECT ${productColumns} FROM products WHERE sku = ANY ($1::text[])`,
);

/** Single products. IDs must be UUIDs, text must be storable. */
export class ProductRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** In no particular order, without unknown IDs. */
  findByIds(ids: readonly string[]): Promise<Product[]> {
    return query(this.dataSource, findByIds, [ids]);
  }

  /** In no particular order, without unknown SKUs. */
  findBySkus(skus: readonly string[]): Promise<Product[]> {
    return query(this.dataSource, findBySkus, [skus]);
  }

  /**
   * Locks products until the transaction ends and returns their current state, ordered by ID. Every
   * transaction locks in this order; another order could deadlock.
   */
  lock(transaction: Transaction, ids: readonly string[]): Promise<Product[]> {
    return transaction.query<Product[]>(
      `/* ProductRepository.lock */
       SELECT ${productColumns} FROM products WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
      [ids],
    );
  }

  /** Inserts a product and the ledger entry of its first stock. @returns undefined if the SKU is taken */
  async insert(transaction: Transaction, product: NewProduct, actor: string): Promise<Product | undefined> {
    const { sku, name, description, priceCents, currency, stock } = product;
    const [created] = await transaction.query<Product[]>(
      `/* ProductRepository.insert */
       WITH created AS (
         INSERT INTO products (sku, name, description, price_cents, currency, stock)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sku) DO NOTHING
         RETURNING *
       ), booked AS (
         INSERT INTO stock_ledger (product_id, delta, reason, actor)
         SELECT id, stock, 'Initial stock', $7 FROM created WHERE stock > 0
       )
       SELECT ${productColumns} FROM created AS products`,
      [sku, name, description, priceCents, currency, stock, actor],
    );
    return created;
  }

  /**
   * Updates the given fields if the product has the expected version, or no version is expected.
   *
   * @returns undefined if the product does not exist or has another version
   * @throws QueryFailedError, a unique violation of `skuConstraint`, if the SKU is taken
   */
  async update(id: string, changes: ProductChanges, expectedUpdatedAt?: Date): Promise<Product | undefined> {
    const { sku, name, description, priceCents, currency } = changes;
    const [rows] = await this.dataSource.query<[Product[], number]>(
      `/* ProductRepository.update */
       UPDATE products
       SET sku = coalesce($2, sku), name = coalesce($3, name), description = coalesce($4, description),
           price_cents = coalesce($5, price_cents), currency = coalesce($6, currency)
       WHERE id = $1 AND ($7::timestamptz IS NULL OR updated_at = $7)
       RETURNING ${productColumns}`,
      [id, sku, name, description, priceCents, currency, expectedUpdatedAt],
    );
    return rows[0];
  }
}
