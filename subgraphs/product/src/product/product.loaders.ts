import { isUuid } from '@shop/kit/ids';
import DataLoader from 'dataloader';
import { isSku } from './product-input';
import type { Product } from './product.entity';
import type { ProductRepository } from './product.repository';

/** Products by their keys, one statement per batch. Unknown and malformed keys give null. */
export interface ProductLoaders {
  productById: DataLoader<string, Product | null>;
  productBySku: DataLoader<string, Product | null>;
}

export function createProductLoaders(products: ProductRepository): ProductLoaders {
  return {
    productById: new DataLoader(async (ids) => {
      const found = await findAll(ids.filter(isUuid), (known) => products.findByIds(known));
      const byId = new Map(found.map((product) => [product.id, product]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }),
    productBySku: new DataLoader(async (skus) => {
      const found = await findAll(skus.filter(isSku), (known) => products.findBySkus(known));
      const bySku = new Map(found.map((product) => [product.sku, product]));
      return skus.map((sku) => bySku.get(sku) ?? null);
    }),
  };
}

function findAll(keys: string[], find: (keys: string[]) => Promise<Product[]>): Promise<Product[]> {
  return keys.length > 0 ? find(keys) : Promise.resolve([]);
}
