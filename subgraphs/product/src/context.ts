import type { SubgraphContext } from '@shop/kit/service';
import type { CatalogueService } from './product/catalogue.service';
import { createProductLoaders, type ProductLoaders } from './product/product.loaders';
import type { ProductService } from './product/product.service';
import type { ProductServices } from './services';
import type { ReservationService } from './stock/reservation.service';
import type { StockService } from './stock/stock.service';

/** What the resolvers of this subgraph get. */
export interface ProductContext extends SubgraphContext {
  catalogue: CatalogueService;
  products: ProductService;
  stock: StockService;
  reservations: ReservationService;
  /** Of this request. */
  loaders: ProductLoaders;
}

export function createContext(services: ProductServices): (request: SubgraphContext) => ProductContext {
  const { productRows, ...others } = services;
  return (request) => ({ ...request, ...others, loaders: createProductLoaders(productRows) });
}
