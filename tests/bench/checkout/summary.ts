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
  'Statements are those that the services send, BEGIN and COMMIT included (pg_stat_statements). Commits are all committed transactions, those that only read included (pg_stat_database), without the starts of connections. Both without the payment simulator, of which each statement is taken for one transaction; a BEGIN, a COMMIT or a job that it adds counts as the shop’s.',
  'Writing transactions are the transaction IDs that the server assigned, those of the simulator included.',
  'Each line is counted from idle to idle: background work, webhooks and polls are included. CPU time is measured from the first checkout until nothing is due any more, on /proc; pg_stat_statements costs a part of PostgreSQL’s.',
  'GraphQL selects the fields that the REST routes return. With `hot-sku` all customers buy one product, through GraphQL.',
  'The floor is 128 recorded checkouts that are replayed: the statements that the services sent (log_statement), with their parameters but new IDs, through `pg` and a pool of 10 connections per database, as the services have. A client sends the statements of a checkout one after the other; those that handle several orders at once, and polls, run concurrently after each 128 checkouts. There is no HTTP, no GraphQL and no service code, and the services are suspended; the statements of the payment simulator are left out.',
];

/** The report of a run: medians over the rounds, with the lowest and the highest round. */
export function checkoutReport(run: CheckoutRun): BenchReport {
  const groups = groupsOf(run);
  const { rounds, durationMs } = run.options;
  const versions = Object.entries(run.versions).map(([shop, version]) => `${shop}: ${version}`);
  return {
    title: `createOrder and payOrder by customers in a closed loop, ${rounds} × ${durationMs / 1_000} s for each line, in turn; medians, and the lowest and highest round in parentheses. The payment simulator answers at once; its own tables are not counted. ${versions.join(', ')}`,
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
    promises: checkLimits(run, groups),
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
