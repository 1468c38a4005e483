import { connectService, type DatabaseSettings, type ServiceDatabase } from '@shop/kit/database';
import { CreateCatalogue1764000000000 } from './migrations/1764000000000-create-catalogue';
import { CreateStockRecords1764000000001 } from './migrations/1764000000001-create-stock-records';
import { CreateIdempotencyKeys1764000000002 } from './migrations/1764000000002-create-idempotency-keys';
import { CreateEventDeliveries1795410000000 } from './migrations/1795410000000-create-event-deliveries';
import { VersionCatalogueColumns1795430000000 } from './migrations/1795430000000-version-catalogue-columns';
import { KeepStockSums1795700000000 } from './migrations/1795700000000-keep-stock-sums';
import { FindChangedReservations1795700000001 } from './migrations/1795700000001-find-changed-reservations';
import { ReserveInOneStatement1795900000020 } from './migrations/1795900000020-reserve-in-one-statement';
import { KeepWordsByTrigger1795900000021 } from './migrations/1795900000021-keep-words-by-trigger';
import { FindRefusedReservations1795900000022 } from './migrations/1795900000022-find-refused-reservations';
import { DeliverEventsByDueRows1795900000060 } from './migrations/1795900000060-deliver-events-by-due-rows';
import { DropJobQueue1795900000070 } from './migrations/1795900000070-drop-job-queue';
import { IndexCurrency1795900000100 } from './migrations/1795900000100-index-currency';
import { Product } from './product/product.entity';

/** Entities and migrations of the database `products`. */
export const productDatabase = {
  service: 'product',
  entities: [Product],
  migrations: [
    CreateCatalogue1764000000000,
    CreateStockRecords1764000000001,
    CreateIdempotencyKeys1764000000002,
    CreateEventDeliveries1795410000000,
    VersionCatalogueColumns1795430000000,
    KeepStockSums1795700000000,
    FindChangedReservations1795700000001,
    ReserveInOneStatement1795900000020,
    KeepWordsByTrigger1795900000021,
    FindRefusedReservations1795900000022,
    DeliverEventsByDueRows1795900000060,
    DropJobQueue1795900000070,
    IndexCurrency1795900000100,
  ],
} satisfies ServiceDatabase;

/** Connects. The caller destroys the data source. */
export const connect = (settings: DatabaseSettings) => connectService(productDatabase, settings);
