import { percentile } from '../statistics';
import type { BenchReport } from '../report';
import type { CheckoutRun } from './checkout-run';
import {
  cpuMsPerOrder,
  groupsOf,
  perOrder,
  spread,
  statementsPerOrder,
  total,
  writesPerOrder,
} from './groups';
import { drawThroughput } from './throughput-chart';
import { checkLimits } from './limits';
import { cpuTable, databaseTable, floorTable, idleTable, memoryTable, statementTable } from './tables';

const notes = [
  'Statements: sent by the services, including BEGIN and COMMIT (pg_stat_statements). Commits: all committed transactions, including read-only ones, without the transactions that open connections (pg_stat_database). Both exclude the payment simulator: each of its statements counts as one transaction. A BEGIN or COMMIT that it sends counts for the shop.',
  'Writing transactions: the number of transaction IDs that the server assigned, including those of the simulator.',
  'Each line includes background work, webhooks and polls: it is counted from an idle shop to an idle shop. CPU time is read from /proc, from the first checkout until no work is due. The CPU time of PostgreSQL includes the cost of pg_stat_statements.',
  'GraphQL selects the fields that the REST routes return. With `hot-sku` all customers buy one product, through GraphQL.',
  'The floor is the throughput of the databases alone. 128 checkouts are recorded (log_statement) and replayed: the statements of the services, with their parameters but new IDs, through `pg` and a pool of 10 connections per database, like the services. A client sends the statements of a checkout sequentially. Batches of several orders, and polls, run concurrently after each 128 checkouts. No HTTP, GraphQL or service code runs, the services are suspended, and the statements of the payment simulator are omitted.',
];

/** The report of a run. */
export function checkoutReport(run: CheckoutRun): BenchReport {
  const groups = groupsOf(run);
  const { rounds, durationMs } = run.options;
  const versions = Object.entries(run.versions).map(([shop, version]) => `${shop}: ${version}`);
  return {
    title: `createOrder and payOrder by customers in a closed loop, ${rounds} rounds of ${durationMs / 1_000} s for each line; the lines alternate in each round. Medians, with the lowest and the highest round in parentheses. The payment simulator responds immediately; statements on its own tables are not counted. ${versions.join(', ')}`,
    columns: [
      ...['shop', 'checkouts', 'customers', 'orders/s', 'p50 ms', 'p99 ms', 'CPU ms per order'],
      ...['statements', 'commits', 'writing transactions', 'NOTIFY', 'WAL fsyncs', 'failed'],
    ],
    rows: groups.map((group) => [
      ...[group.shop, group.kind, group.customers],
      spread(group, ({ perSecond }) => perSecond),
      spread(group, ({ latenciesMs }) => percentile(latenciesMs, 0.5)),
      spread(group, ({ latenciesMs }) => percentile(latenciesMs, 0.99)),
      spread(group, cpuMsPerOrder),
      spread(group, statementsPerOrder),
      spread(
        group,
        perOrder(({ commits }) => commits),
      ),
      spread(group, writesPerOrder),
      spread(
        group,
        perOrder(({ notifies }) => notifies),
      ),
      spread(group, ({ counts, countedOrders }) => counts.walSyncs / countedOrders),
      group.phases.reduce((sum, { failures }) => sum + total(failures), 0),
    ]),
    limits: checkLimits(run, groups),
    notes,
    sections: [
      cpuTable(groups),
      databaseTable(groups),
      floorTable(run),
      idleTable(run),
      memoryTable(run),
      statementTable(groups),
    ],
    chart: drawThroughput(groups),
    details: run,
  };
}
