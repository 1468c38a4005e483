import type { BenchReport } from '../report';
import { median, rounded } from '../statistics';

export const cases = ['baseline', 'off', 'sampled', 'absent', 'hanging'] as const;
export type Case = (typeof cases)[number];

/** One round of one case. */
export interface Measurement {
  case: Case;
  round: number;
  /** `{ __typename }` per second. */
  perSecond: number;
  /** Of a checkout, in milliseconds. */
  p99Ms: number;
  checkouts: number;
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

export function telemetryReport(
  measured: readonly Measurement[],
  { received, attempts }: { received: number; attempts: number },
): BenchReport {
  const of = (name: Case) => measured.filter((measurement) => measurement.case === name);
  const middle = (name: Case, figure: 'perSecond' | 'p99Ms') =>
    median(of(name).map((measurement) => measurement[figure]));
  const growthMb = (name: Case) => (of(name).at(-1)?.memoryMb ?? 0) - (of(name)[0]?.memoryMb ?? 0);
  const present = cases.filter((name) => of(name).length > 0);
  const reference = present[0] as Case;

  const throughput = (name: Case, limit: number) => {
    const cost = 1 - middle(name, 'perSecond') / middle(reference, 'perSecond');
    const text = `${titles[name]} costs at most ${limit * 100} % of the throughput: ${rounded(cost * 100)} %`;
    return { text, isMet: cost <= limit };
  };
  const latency = (name: Case) => {
    const slower = middle(name, 'p99Ms') / middle('off', 'p99Ms') - 1;
    const text = `${titles[name]}: p99 of a checkout at most ${slowerLimit * 100} % longer than off: ${rounded(slower * 100)} %`;
    return { text, isMet: slower <= slowerLimit };
  };
  const memory = (name: Case) => {
    const more = growthMb(name) - growthMb('off');
    const text = `${titles[name]}: memory grows by at most ${memoryLimitMb} MB more than off: ${more} MB`;
    return { text, isMet: more <= memoryLimitMb };
  };

  return {
    title: `Telemetry, compared with ${titles[reference]}; medians of ${of(reference).length} alternating rounds`,
    columns: ['case', '`{ __typename }` per s', 'p99 of a checkout in ms', 'memory in MB', 'growth in MB'],
    rows: present.map((name) => [
      titles[name],
      rounded(middle(name, 'perSecond')),
      rounded(middle(name, 'p99Ms')),
      of(name).at(-1)?.memoryMb ?? 0,
      growthMb(name),
    ]),
    limits: [
      ...(reference === 'baseline' ? [throughput('off', offLimit)] : []),
      throughput('sampled', sampledLimit),
      ...(['absent', 'hanging'] as const).flatMap((name) => [latency(name), memory(name)]),
    ],
    notes: [
      `The collector received ${received} spans; the one that hangs got ${attempts} requests.`,
      ...(reference === 'baseline'
        ? []
        : ['Without --baseline the cost of being switched off is not known.']),
    ],
    details: measured,
  };
}
