import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countHeldReservations, countStockBreaches } from './state.repository';

/** Reads one row per product. */
const freshMs = 60_000;

const breaches = defineGauges({
  reader: 'stock_breaches',
  gauges: {
    shop_stock_breaches: 'Products with stock below zero, or stock + reserved units unlike their ledger.',
  },
});

const held = defineGauges({
  reader: 'held_reservations',
  gauges: { shop_reservations_held: 'Orders whose stock is reserved and not paid, or not committed yet.' },
});

/** Registers the metrics of the stock's consistency and of open reservations. */
export function registerStockMetrics(dataSource: DataSource): void {
  registerGauges({
    ...breaches,
    freshMs,
    read: async () => ({ shop_stock_breaches: await countStockBreaches(dataSource) }),
  });
  registerGauges({
    ...held,
    read: async () => ({ shop_reservations_held: await countHeldReservations(dataSource) }),
  });
}
