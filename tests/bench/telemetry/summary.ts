import type { BenchReport } from '../report';
import { median, percentile, rounded } from '../statistics';

export const cases = ['baseline', 'off', 'sampled', 'absent', 'hanging'] as const;
export type Case = (typeof cases)[number];

/** One measurement of `{ __typename }`; those of the same group ran one after the other. */
export interface QueryRun {
  case: Case;
  group: string;
  perSecond: number;
  /** Of the gateway for a query, in microseconds. */
  cpuUs: number;
}

/** One round of checkouts. */
export interface CheckoutRun {
  case: Case;
  round: number;
  latenciesMs: readonly number[];
  /** Resident memory of the gateway and the four services afterwards, in MB. */
  memoryMb: number;
}

const [offLimit, sampledLimit, slowerLimit] = [0.03, 0.08, 0.1];
/** V8 sizes its heap by the load; a queue without a limit would grow by more in a minute. */
const memoryLimitMb = 40;

const titles: Readonly<Record<Case, string>> = {
  baseline: 'without the code',
  off: 'off',
  sampled: '1 % sampled',
  absent: '1 % sampled, collector absent',
  hanging: '1 % sampled, collector hanging',
};

export function telemetryReport({
  queries,
  checkouts,
  received,
  attempts,
}: {
  queries: readonly QueryRun[];
  checkouts: readonly CheckoutRun[];
  /** Spans that the collector received. */
  received: number;
  /** Requests that the hanging collector received. */
  attempts: number;
}): BenchReport {
  const queriesOf = (name: Case) => queries.filter((run) => run.case === name);
  const checkoutsOf = (name: Case) => checkouts.filter((run) => run.case === name);
  const present = cases.filter((name) => queriesOf(name).length > 0);
  const reference = present[0] as Case;
  const rounds = checkoutsOf(reference).length;

  /** Median of the ratios to the reference of the same group. */
  const ratio = (name: Case, figure: 'perSecond' | 'cpuUs') => {
    const references = new Map(queriesOf(reference).map((run) => [run.group, run[figure]]));
    return median(queriesOf(name).map((run) => run[figure] / (references.get(run.group) as number)));
  };
  // Ten of a thousand checkouts decide the p99 of a round: that of all rounds together varies less.
  const p99Ms = (name: Case) =>
    percentile(
      checkoutsOf(name).flatMap((run) => run.latenciesMs),
      0.99,
    );
  const growthMb = (name: Case) =>
    (checkoutsOf(name).at(-1)?.memoryMb ?? 0) - (checkoutsOf(name)[0]?.memoryMb ?? 0);

  const throughput = (name: Case, limit: number) => {
    const cost = 1 - ratio(name, 'perSecond');
    const text = `${titles[name]} costs at most ${limit * 100} % of the throughput: ${rounded(cost * 100)} %`;
    return { text, isMet: cost <= limit };
  };
  const latency = (name: Case) => {
    const slower = p99Ms(name) / p99Ms('off') - 1;
    const text = `${titles[name]}: p99 of a checkout at most ${slowerLimit * 100} % longer than off: ${rounded(slower * 100)} %`;
    return { text, isMet: slower <= slowerLimit };
  };
  /** What the loss of the collector costs, apart from the sampling. */
  const lossOf = (name: Case) => rounded((p99Ms(name) / p99Ms('sampled') - 1) * 100);
  const memory = (name: Case) => {
    const more = growthMb(name) - growthMb('off');
    const text = `${titles[name]}: memory grows by at most ${memoryLimitMb} MB more than off: ${more} MB`;
    return { text, isMet: more <= memoryLimitMb };
  };

  return {
    title: `Telemetry, compared with ${titles[reference]}; ${rounds} alternating rounds, ${queriesOf(reference).length} alternating measurements of \`{ __typename }\``,
    columns: [
      ...['case', '`{ __typename }` per s', 'ratio', 'CPU of the gateway per query in µs', 'ratio'],
      ...['p99 of a checkout in ms', 'checkouts', 'memory in MB', 'growth in MB'],
    ],
    rows: present.map((name) => [
      titles[name],
      rounded(median(queriesOf(name).map((run) => run.perSecond))),
      rounded(ratio(name, 'perSecond')),
      rounded(median(queriesOf(name).map((run) => run.cpuUs))),
      rounded(ratio(name, 'cpuUs')),
      rounded(p99Ms(name)),
      checkoutsOf(name).reduce((sum, run) => sum + run.latenciesMs.length, 0),
      checkoutsOf(name).at(-1)?.memoryMb ?? 0,
      growthMb(name),
    ]),
    limits: [
      ...(reference === 'baseline' ? [throughput('off', offLimit)] : []),
      throughput('sampled', sampledLimit),
      ...(['absent', 'hanging'] as const).flatMap((name) => [latency(name), memory(name)]),
    ],
    notes: [
      'A ratio is the median of the ratios to the measurement of the reference in the same group.',
      `The collector received ${received} spans; the one that hangs got ${attempts} requests.`,
      `Compared with a working collector, the p99 of a checkout differs by ${lossOf('absent')} % (absent) and ${lossOf('hanging')} % (hanging).`,
      ...(reference === 'baseline'
        ? []
        : ['Without --baseline the cost of being switched off is not known.']),
    ],
    details: {
      queries,
      checkouts: checkouts.map(({ latenciesMs, ...run }) => ({
        ...run,
        p99Ms: percentile(latenciesMs, 0.99),
      })),
    },
  };
}
