import { serviceNames } from '@shop/local-stack/stack';
import { rounded } from '../../statistics';
import type { BenchReport, Table } from '../../report';
import { total } from '../groups';
import { processNames } from '../measured-shop';
import type { MemoryPoint, MemoryRun } from './memory';

/** Allowed growth of the heap from the first third to the last one. */
const growth = { share: 0.1, megabytes: 10 };

const notes = [
  'Heap: used heap after two forced garbage collections (HeapProfiler.collectGarbage). The processes run with the inspector for this. Memory: RSS of each service, PSS of all PostgreSQL processes.',
  'Each line is measured when no row is due. Dead rows are row versions that autovacuum has not removed yet (pg_stat_user_tables).',
];

export function memoryReport(run: MemoryRun): BenchReport {
  const { version, customers, points, failures } = run;
  return {
    title: `Memory and tables while ${customers} customers place and pay ${points.at(-1)?.orders} orders through GraphQL. This commit: ${version}`,
    columns: ['orders so far', ...serviceNames.map((name) => `${name}: heap MB`)],
    rows: points.map(({ orders, heapMb }) => [orders, ...serviceNames.map((name) => rounded(heapMb[name]))]),
    limits: checkLimits(points, failures),
    notes,
    sections: [residentTable(points), tablesTable(points)],
    details: run,
  };
}

function checkLimits(points: readonly MemoryPoint[], failures: MemoryRun['failures']): BenchReport['limits'] {
  const [, first, ...others] = points as [MemoryPoint, MemoryPoint, ...MemoryPoint[]];
  const last = others.at(-1) ?? first;
  const left = last.tables.flatMap(({ table, dueRows = 0, rows }) => [
    ...(dueRows > 0 ? [`${dueRows} due in ${table}`] : []),
    ...(table.endsWith('.event_deliveries') && rows > 0 ? [`${rows} in ${table}`] : []),
  ]);
  return [
    ...serviceNames.map((name) => {
      const [before, after] = [first.heapMb[name], last.heapMb[name]];
      return {
        text: `${name}: from the first third to the last one, the heap grows by at most ${growth.share * 100} % plus ${growth.megabytes} MB: ${rounded(before)} to ${rounded(after)} MB`,
        isMet: after <= before * (1 + growth.share) + growth.megabytes,
      };
    }),
    {
      text: `no due row and no undelivered event is left: ${left.join(', ') || 'none'}`,
      isMet: left.length === 0,
    },
    { text: `no checkout fails: ${JSON.stringify(failures)}`, isMet: total(failures) === 0 },
  ];
}

function residentTable(points: readonly MemoryPoint[]): Table {
  return {
    title: 'Memory in MB: RSS of each process, PSS of all of PostgreSQL',
    columns: ['orders so far', ...processNames],
    rows: points.map(({ orders, memoryMb }) => [orders, ...processNames.map((name) => memoryMb[name])]),
  };
}

/** Omits tables that are always empty. */
function tablesTable(points: readonly MemoryPoint[]): Table {
  const names = points[0]?.tables.map(({ table }) => table) ?? [];
  return {
    title: `Rows, dead rows and MB of each table, after ${points.map(({ orders }) => orders).join(' · ')} orders`,
    columns: ['table', 'rows', 'dead rows', 'MB', 'due rows'],
    rows: names
      .map((name) => ({
        name,
        found: points.flatMap(({ tables }) => tables.filter(({ table }) => table === name)),
      }))
      .filter(({ found }) => found.some(({ rows, deadRows }) => rows + deadRows > 0))
      .map(({ name, found }) => [
        name,
        found.map(({ rows }) => rows).join(' · '),
        found.map(({ deadRows }) => deadRows).join(' · '),
        found.map(({ megabytes }) => rounded(megabytes)).join(' · '),
        found.map(({ dueRows }) => dueRows ?? '–').join(' · '),
      ]),
  };
}
