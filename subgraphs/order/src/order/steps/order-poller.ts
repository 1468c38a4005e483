import { createDuePoller, type DuePoller } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { type OrderRow, orderRowColumns } from '../persistence/order-columns';
import type { OrderRepository } from '../persistence/order.repository';
import { dueTimeOf } from '../state/order-due';
import type { CommitStep } from './commit.step';
import type { OrderSaga } from './order-saga';

/** Longer than the two calls to other services that one handling can wait for: 3 s and 3.5 s, each with a retry. */
const leaseMs = 15_000;
const concurrency = 8;
const batchSize = 64;
/** Under load, the orders that were paid in this time are committed together. */
const spacingMs = 100;

/** Takes the steps of orders whose request is gone, whose time has expired, or whose stock is to be committed. */
export function createOrderPoller(parts: {
  dataSource: DataSource;
  logger: Logger;
  orders: OrderRepository;
  saga: OrderSaga;
  commitStep: CommitStep;
}): DuePoller {
  const { orders, saga, commitStep } = parts;

  async function advance(row: OrderRow): Promise<void> {
    const { order } = await saga.advance(row, { by: 'poller' });
    const isAtRest = order !== null && typeof dueTimeOf(order.step, true) === 'string';
    // The claim moved the time at which it is due.
    if (isAtRest && order.version === row.version) await orders.restoreDueTime(order);
  }

  return createDuePoller<OrderRow>({
    ...{ name: 'orders', dataSource: parts.dataSource, logger: parts.logger },
    table: { table: 'orders', key: { id: 'uuid' }, columns: orderRowColumns('due_row'), leaseMs },
    ...{ concurrency, batchSize, spacingMs },
    group: groupByWork,
    handle: (rows) => (isCommitting(rows[0]!) ? commitStep.take(rows) : advance(rows[0]!)),
  });
}

const isCommitting = ({ step }: OrderRow) => step === 'COMMITTING';

/** All orders whose stock is to be committed together, every other one alone. */
function groupByWork<Row extends OrderRow>(rows: readonly Row[]): Row[][] {
  const committing = rows.filter(isCommitting);
  const others = rows.filter((row) => !isCommitting(row)).map((row) => [row]);
  return committing.length > 0 ? [committing, ...others] : others;
}
