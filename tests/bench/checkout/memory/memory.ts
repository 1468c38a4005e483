import { parseArgs } from 'node:util';
import { serviceNames } from '@shop/local-stack/stack';
import type { BenchReport } from '../../report';
import { shopNames } from '../checkout-run';
import { closedLoop, withConnections } from '../closed-loop';
import { customersOf } from '../customer';
import { type MeasuredShop, openMeasuredShop, type PerProcess } from '../measured-shop';
import { usedHeapMb } from './heap';
import { memoryReport } from './summary';
import { tableRowsOf, type TableRows } from './table-rows';

type ServiceName = (typeof serviceNames)[number];

export interface MemoryPoint {
  /** Number of orders placed and paid so far. */
  orders: number;
  /** Used heap of each Node process, after a forced garbage collection. */
  heapMb: Record<ServiceName, number>;
  /** RSS of each service; PSS of all PostgreSQL processes. */
  memoryMb: PerProcess;
  tables: TableRows[];
}

export interface MemoryRun {
  version: string;
  customers: number;
  /** Before the first checkout, and after each third. */
  points: MemoryPoint[];
  failures: Record<string, number>;
}

const customers = 32;
const thirds = 3;

/** Checks that memory and tables stop growing while a shop serves many checkouts. */
export async function checkoutMemory(
  log: (line: string) => void,
  args: readonly string[],
): Promise<BenchReport> {
  const { values } = parseArgs({
    args: [...args],
    options: { checkouts: { type: 'string', default: '20000' } },
  });
  const perThird = Math.ceil(Number(values.checkouts) / thirds);
  if (!(perThird > 0)) throw new Error(`--checkouts ${values.checkouts} is not a number above 0.`);
  log('starting');
  const shop = await openMeasuredShop(shopNames.current, { isInspected: true });
  try {
    const points = [await measure(shop, 0)];
    const failures: Record<string, number> = {};
    for (let third = 1; third <= thirds; third += 1) {
      const startedAt = performance.now();
      const loop = await placeOrders(shop, perThird);
      for (const [message, count] of Object.entries(loop.failures))
        failures[message] = (failures[message] ?? 0) + count;
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      const orders = (points.at(-1)?.orders ?? 0) + loop.latenciesMs.length;
      points.push(await measure(shop, orders));
      log(`${orders} orders, the last ${loop.latenciesMs.length} in ${seconds} s`);
    }
    return memoryReport({ version: shop.version, customers, points, failures });
  } finally {
    await shop.close();
  }
}

function placeOrders(shop: MeasuredShop, count: number) {
  const { newToken, productIds } = shop;
  return withConnections(shop.stack.gatewayUrl, customers, (connections) =>
    closedLoop({
      ...{ clients: customers, durationMs: Infinity, maximum: count },
      work: customersOf({ connections, newToken, api: 'GraphQL', productIds }),
    }),
  );
}

async function measure(shop: MeasuredShop, orders: number): Promise<MemoryPoint> {
  await shop.untilDone();
  const heapMb: Partial<MemoryPoint['heapMb']> = {};
  for (const name of serviceNames) heapMb[name] = await usedHeapMb(shop.inspectorPorts[name]);
  const memoryMb = shop.memoryMb();
  await shop.suspend();
  const tables = await tableRowsOf(shop);
  await shop.resume();
  return { orders, heapMb: heapMb as MemoryPoint['heapMb'], memoryMb, tables };
}
