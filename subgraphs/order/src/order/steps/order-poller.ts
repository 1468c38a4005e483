import { createDuePoller, type DuePoller } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { type OrderRow, orderRowColumns } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import { dueTimeOf } from './order-recorder';
import { type OrderStep, stateOf } from '../state/order-state';
import type { ProductClient } from '../../clients/product.client';
import { transition } from '../state/order-transition';
import type { OrderSaga } from './order-saga';

/**
 * Longer than the calls to other services that handling one order can wait for: 3 s and 3.5 s, with
 * retries.
 */
const leaseMs = 15_000;
/** Under load, the orders that were paid in `spacingMs` are committed together. */
const pace = { concurrency: 8, batchSize: 64, spacingMs: 100 };

export interface OrderPoller extends Pick<DuePoller, 'start' | 'stop'> {
  /**
   * Must be called after the commit that made an order with this step due; without `step`, of any
   * step.
   */
  wake(step?: OrderStep): void;
}

interface PollerParts {
  dataSource: DataSource;
  logger: Logger;
  orders: OrderRepository;
  saga: OrderSaga;
  products: ProductClient;
}

/**
 * Runs the steps of orders that have expired or whose request has ended, and commits the stock of
 * paid orders. Commits have their own poller, so that they do not wait for the calls of other
 * orders.
 */
export function createOrderPoller(parts: PollerParts): OrderPoller {
  const { dataSource, logger, orders, saga } = parts;
  const table = {
    table: 'orders',
    key: { id: 'uuid' },
    columns: orderRowColumns('due_row'),
    leaseMs,
  } as const;
  const traceparentOf = (row: OrderRow) => row.traceparent;

  async function advance(row: OrderRow): Promise<void> {
    const { order } = await saga.advance(row, { by: 'poller' });
    if (order?.version !== row.version) return;
    const isAtRest = typeof dueTimeOf(order.step, true) === 'string';
    // The claim changed the due time and counted a try, but an order that waits has not failed.
    if (isAtRest || order.step === 'PAYING') await orders.restoreDueTime(order);
  }

  const steps = createDuePoller<OrderRow>({
    ...{ name: 'orders', dataSource, logger, traceparentOf, ...pace },
    table: { ...table, where: "step <> 'COMMITTING'" },
    // Each order alone, as without `group`, but then a claim takes no more rows than slots are free.
    group: (rows) => rows.map((row) => [row]),
    handle: ([row]) => advance(row!),
  });
  const commits = createDuePoller<OrderRow>({
    ...{ name: 'paid-orders', dataSource, logger, traceparentOf, ...pace },
    table: { ...table, where: "step = 'COMMITTING'" },
    group: (rows) => [[...rows]],
    handle: (rows) => commitStock(rows, parts),
  });
  return {
    start() {
      steps.start();
      commits.start();
    },
    wake(step) {
      if (step !== 'COMMITTING') steps.wake();
      if (step === 'COMMITTING' || !step) commits.wake();
    },
    async stop() {
      await Promise.all([steps.stop(), commits.stop()]);
    },
  };
}

/**
 * Commits the reservations of paid orders in one call. Orders without a reservation stay in
 * COMMITTING and do not block the others.
 *
 * @throws PeerError
 */
export async function commitStock(
  rows: readonly OrderRow[],
  { orders, products, logger }: Pick<PollerParts, 'orders' | 'products' | 'logger'>,
): Promise<void> {
  const committed = await products.commitStocks(rows.map(({ id }) => id));
  const input = { type: 'stock_committed' } as const;
  const settled = rows.filter(
    (order) => committed.has(order.id) && transition(stateOf(order), input).kind === 'moved',
  );
  if (settled.length > 0) await orders.settle(`order.${input.type}`, settled);
  const missing = rows.filter(({ id }) => !committed.has(id)).map(({ id }) => id);
  if (missing.length === 0) return;
  // An ADMIN may have cancelled an order during the call: its stock is released, not lost.
  const current = await orders.findByIds(missing);
  const orderIds = current.filter(({ step }) => step === 'COMMITTING').map(({ id }) => id);
  if (orderIds.length > 0) logger.error('paid orders have no reservation to commit', { orderIds });
}
