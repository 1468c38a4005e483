import type { Outbox } from '@shop/events/outbox';
import type { SubgraphContext } from '@shop/kit/service';
import type { DataSource } from 'typeorm';
import { IdempotencyRepository } from './idempotency/idempotency.repository';
import { IdempotencyService } from './idempotency/idempotency.service';
import { CatalogueRepository } from './product/catalogue.repository';
import { CatalogueService } from './product/catalogue.service';
import { createProductLoaders, type ProductLoaders } from './product/product.loaders';
import { ProductRepository } from './product/product.repository';
import { ProductService } from './product/product.service';
import { ReservationRepository } from './stock/reservation.repository';
import { ReservationService } from './stock/reservation.service';
import { StockRepository } from './stock/stock.repository';
import { StockService } from './stock/stock.service';

/** What resolvers of this subgraph get. */
export interface ProductContext extends SubgraphContext {
  catalogue: CatalogueService;
  products: ProductService;
  stock: StockService;
  reservations: ReservationService;
  /** Fresh for each request. */
  loaders: ProductLoaders;
}

/** Wires repositories into services, once. */
export function createContextFactory(
  dataSource: DataSource,
  outbox: Outbox,
): (request: SubgraphContext) => ProductContext {
  const productRepository = new ProductRepository(dataSource);
  const idempotency = new IdempotencyService(dataSource, new IdempotencyRepository());
  const services = {
    catalogue: new CatalogueService(new CatalogueRepository(dataSource)),
    products: new ProductService(productRepository, idempotency),
    stock: new StockService(productRepository, new StockRepository(), idempotency, outbox),
    reservations: new ReservationService(new ReservationRepository(dataSource), outbox),
  };
  return (request) => ({ ...request, ...services, loaders: createProductLoaders(productRepository) });
}
