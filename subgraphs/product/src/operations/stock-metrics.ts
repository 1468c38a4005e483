import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countStockBreaches } from './state.repository';

/** Reads one row per product. */
const freshMs = 60_000;

/** Registers the metrics of the stock's consistency. */
export function registerStockMetrics(dataSource: DataSource): void {
  registerGauges({
    gauges: {
      shop_stock_breaches: 'Products with stock below zero, or stock + reserved units unlike their ledger.',
    },
    freshMs,
    read: async () => ({ shop_stock_breaches: await countStockBreaches(dataSource) }),
  });
}
