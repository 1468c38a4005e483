import { type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { callsOf, type DatabaseCounts } from '../../counters/counters';
import { median, rounded } from '../statistics';
import type { Table } from '../report';
import type { CheckoutRun } from './checkout-run';
import {
  cpuMsPerOrder,
  type Group,
  medianOf,
  perOrder,
  statementsIn,
  statementsPerOrder,
  total,
  writesPerOrder,
} from './groups';
import { type PerProcess, processNames } from './measured-shop';

export function cpuTable(groups: readonly Group[]): Table {
  return {
    title: 'CPU ms per order and process, including background work',
    columns: ['shop', 'checkouts', 'customers', ...processNames, 'all', 'customers (not in all)'],
    rows: groups.map((group) => [
      ...[group.shop, group.kind, group.customers],
      ...processNames.map((name) => rounded(medianOf(group, ({ cpuMs, orders }) => cpuMs[name] / orders))),
      rounded(medianOf(group, cpuMsPerOrder)),
      rounded(medianOf(group, ({ customersCpuMs, orders }) => customersCpuMs / orders)),
    ]),
  };
}

export function databaseTable(groups: readonly Group[]): Table {
  const inDatabase = (name: SubgraphName, count: (counts: DatabaseCounts) => number) => (group: Group) =>
    rounded(medianOf(group, ({ counts, countedOrders }) => count(counts.databases[name]) / countedOrders));
  const cells = (group: Group, count: (counts: DatabaseCounts) => number) =>
    subgraphNames.map((name) => inDatabase(name, count)(group)).join(' · ');
  return {
    title: `Per order and database (${subgraphNames.join(' · ')})`,
    columns: [
      ...['shop', 'checkouts', 'customers', 'statements', 'commits', 'NOTIFY'],
      'statements of the payment simulator',
    ],
    rows: groups.map((group) => [
      ...[group.shop, group.kind, group.customers],
      ...[cells(group, statementsIn), cells(group, ({ commits }) => commits)],
      cells(group, ({ notifies }) => notifies),
      rounded(
        medianOf(
          group,
          perOrder(({ simulatorStatements }) => callsOf(simulatorStatements)),
        ),
      ),
    ]),
  };
}

export function floorTable({ floors, options }: CheckoutRun): Table {
  return {
    title: 'The floor: the same statements through pg, without the services',
    columns: [
      ...['customers', 'checkouts/s', 'lowest to highest'],
      ...['statements per checkout', 'commits', 'writing transactions'],
    ],
    rows: options.customers.map((customers) => {
      const found = floors.filter((floor) => floor.customers === customers);
      const perSecond = found.map((floor) => floor.perSecond);
      const metrics = [statementsPerOrder, perOrder(({ commits }) => commits), writesPerOrder];
      return [
        ...[customers, rounded(median(perSecond))],
        `${rounded(Math.min(...perSecond))}–${rounded(Math.max(...perSecond))}`,
        ...metrics.map((metric) => rounded(median(found.map(metric)))),
      ];
    }),
  };
}

export function idleTable({ idle }: CheckoutRun): Table {
  return {
    title: 'The idle shop, per second',
    columns: ['shop', 'CPU ms', ...processNames, 'commits', 'statements'],
    rows: idle.map(({ shop, cpuMs, commits, statements }) => [
      ...[shop, rounded(total(cpuMs)), ...processNames.map((name) => rounded(cpuMs[name]))],
      ...[rounded(commits), rounded(statements)],
    ]),
  };
}

export function memoryTable({ memory }: CheckoutRun): Table {
  const cells = (values: PerProcess) => processNames.map((name) => values[name]);
  return {
    title: 'Memory in MB: RSS of each process, PSS of all of PostgreSQL',
    columns: ['shop', 'orders so far', ...processNames],
    rows: memory.flatMap(({ shop, orders, before, after }) => [
      [shop, 0, ...cells(before)],
      [shop, orders, ...cells(after)],
    ]),
  };
}

const leastCallsPerOrder = 0.05;
const longestText = 110;

export function statementTable(groups: readonly Group[]): Table {
  const phase = groups.find(({ kind }) => kind === 'GraphQL')?.phases.at(-1);
  const rows = subgraphNames.flatMap((name) =>
    (phase?.counts.databases[name].statements ?? []).map(({ text, calls, walBytes }) => [
      name,
      rounded(calls / (phase?.countedOrders ?? 1)),
      Math.round(walBytes / calls),
      `\`${text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'").slice(0, longestText)}\``,
    ]),
  );
  return {
    title: 'Statements of one checkout, through GraphQL',
    columns: ['database', 'per order', 'WAL bytes each', 'statement'],
    rows: rows.filter(([, calls]) => Number(calls) >= leastCallsPerOrder),
  };
}
