import type { Outbox } from '@shop/events/outbox';
import type { DataSource } from 'typeorm';
import { IdempotencyService } from './idempotency/idempotency.service';
import { CatalogueRepository } from './product/catalogue.repository';
import { CatalogueService } from './product/catalogue.service';
import { ProductRepository } from './product/product.repository';
import { ProductService } from './product/product.service';
import { ReservationRepository } from './stock/reservation.repository';
import { ReservationService } from './stock/reservation.service';
import { StockRepository } from './stock/stock.repository';
import { StockService } from './stock/stock.service';

export type ProductServices = ReturnType<typeof createServices>;

/** Creates the services of the process. */
export function createServices({ dataSource, outbox }: { dataSource: DataSource; outbox: Outbox }) {
  const productRows = new ProductRepository(dataSource);
  const idempotency = new IdempotencyService(dataSource);
  return {
    catalogue: new CatalogueService(new CatalogueRepository(dataSource)),
    products: new ProductService(productRows, idempotency),
    stock: new StockService(productRows, new StockRepository(), idempotency, outbox),
    reservations: new ReservationService(new ReservationRepository(dataSource), outbox),
    productRows,
  };
}
