import { metricNamesIn } from '../queries/metric-names';
import type { Allowance } from '../queries/query-panels';
import type { GapList } from './expected-gaps';

/** Programs that a recording uses if they are installed, and the metrics that only they provide. */
const optionalPrograms: readonly { program: string; metrics: RegExp }[] = [
  { program: 'prometheus-postgres-exporter', metrics: /^(pg_up$|shop_pg_)/ },
  { program: 'nats-server', metrics: /^nats_stream_/ },
];

/** Why a metric was not recorded: the name of the program that is not installed. */
export function missingProgramOf(metric: string, missing: readonly string[]): string | undefined {
  return optionalPrograms.find(({ program, metrics }) => missing.includes(program) && metrics.test(metric))
    ?.program;
}

/** Allows the gaps of the list, and queries whose metrics only programs provide that are not installed. */
export const recordingAllowance =
  (gaps: GapList, missing: readonly string[]): Allowance =>
  (place, state) =>
    withoutPrograms(missing)(place, state) ?? gaps.allowance(place, state);

/** Allows queries without data whose metrics only programs provide that are not installed. */
function withoutPrograms(missing: readonly string[]): Allowance {
  return ({ query }, state) => {
    if (state !== 'empty') return undefined;
    const programs = [...metricNamesIn(query.expr)].map((name) => missingProgramOf(name, missing));
    const [program] = programs;
    return program && programs.every(Boolean) ? notInstalled(program) : undefined;
  };
}

export const notInstalled = (program: string) => `${program} is not installed`;
