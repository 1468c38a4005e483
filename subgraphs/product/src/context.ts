import type { SubgraphContext } from '@shop/kit/service';
import { createProductLoaders, type ProductLoaders } from './product/product.loaders';
import type { ProductServices } from './services';

/** Context of the resolvers. */
export interface ProductContext extends SubgraphContext, Omit<ProductServices, 'productRows'> {
  /** One set per request. */
  loaders: ProductLoaders;
}

export function createContext(services: ProductServices): (request: SubgraphContext) => ProductContext {
  const { productRows, ...others } = services;
  return (request) => ({ ...request, ...others, loaders: createProductLoaders(productRows) });
}
