import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { seedProducts } from './catalogue';
import { SeedRepository } from './seed.repository';

const batchSize = 500;

/**
 * Fills the catalogue with the seed's first `count` products; running it again changes nothing.
 *
 * @returns how many were added
 */
export async function seedCatalogue(dataSource: DataSource, count: number): Promise<number> {
  if (count === 0) return 0;
  const repository = new SeedRepository();
  const products = await seedProducts(count);
  let added = 0;
  for (let start = 0; start < products.length; start += batchSize) {
    const batch = products.slice(start, start + batchSize);
    added += await inTransaction(dataSource, (transaction) => repository.insertMissing(transaction, batch));
  }
  return added;
}
