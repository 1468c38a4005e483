import type { BenchReport, Table } from '../report';
import { median, rounded } from '../statistics';
import { candidateNames, type CandidateName, gatewayTitles } from './candidates';
import { drawCpu } from './chart';

/** One measurement of a gateway and an operation. */
export interface GatewayRun {
  gateway: CandidateName;
  operation: string;
  round: number;
  requests: number;
  /** CPU time of the gateway's process for a request. */
  cpuMs: number;
  perSecond: number;
  p99Ms: number;
}

/** Of the stock gateway's CPU time. */
const limits: Readonly<Record<string, number>> = {
  __typename: 1,
  'product(id)': 0.6,
  'three hops': 0.6,
  'large list': 0.6,
};

type Figure = 'cpuMs' | 'perSecond' | 'p99Ms';

export function gatewayReport({
  runs,
  bytes,
}: {
  runs: readonly GatewayRun[];
  bytes: ReadonlyMap<string, number>;
}): BenchReport {
  const gateways = candidateNames.filter((name) => runs.some((run) => run.gateway === name));
  const operations = [...bytes.keys()];
  const rounds = new Set(runs.map((run) => run.round)).size;
  const of = (gateway: CandidateName, operation: string) =>
    runs.filter((run) => run.gateway === gateway && run.operation === operation);
  const value = (gateway: CandidateName, operation: string, figure: Figure) =>
    median(of(gateway, operation).map((run) => run[figure]));
  /** Median of the ratios of the rounds, because the speed of the machine drifts. */
  const ratio = (operation: string, other: CandidateName, figure: Figure) => {
    const others = new Map(of(other, operation).map((run) => [run.round, run[figure]]));
    return median(of('ours', operation).map((run) => run[figure] / (others.get(run.round) as number)));
  };
  const others = gateways.filter((name) => name !== 'ours' && gateways.includes('ours'));

  const table = (title: string, figure: Figure): Table => ({
    title,
    columns: [
      ...['operation', 'bytes'],
      ...gateways.map((name) => gatewayTitles[name]),
      ...others.map((name) => `ours ÷ ${gatewayTitles[name]}`),
    ],
    rows: operations.map((operation) => [
      ...[operation, bytes.get(operation) ?? 0],
      ...gateways.map((name) => precise(value(name, operation, figure))),
      ...others.map((name) => rounded(ratio(operation, name, figure))),
    ]),
  });

  const measuredLimits = others.includes('stock')
    ? operations.flatMap((operation) => {
        const limit = limits[operation];
        if (limit === undefined) return [];
        const share = ratio(operation, 'stock', 'cpuMs');
        const text = `${operation}: CPU time of a request at most ${limit} of Apollo Gateway's: ${rounded(share)}`;
        return [{ text, isMet: share <= limit }];
      })
    : [];

  return {
    ...table('', 'cpuMs'),
    title: `CPU time of the gateway's process for a request in ms (utime + stime), median of ${rounds} alternating rounds`,
    limits: measuredLimits,
    chart: drawCpu(
      operations.map((operation) => ({
        operation,
        bars: gateways.map((name) => ({
          gateway: name,
          values: of(name, operation).map(({ cpuMs }) => cpuMs),
        })),
      })),
    ),
    notes: [
      'All gateways gave the same data before they were measured, with the same credential headers to the same subgraphs.',
      'A ratio is the median of the ratios of the rounds.',
      'The load is 4 connections in a closed loop, sent by a process of its own.',
    ],
    sections: [table('Requests per second', 'perSecond'), table('p99 in ms', 'p99Ms')],
    details: { runs },
  };
}

const precise = (figure: number): number => Number(figure.toPrecision(3));
