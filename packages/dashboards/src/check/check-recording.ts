import { dashboards } from '../definitions';
import { metricNamesIn } from '../queries/metric-names';
import type { Target } from '../queries/prometheus-api';
import {
  describeResult,
  isProblem,
  queryPanels,
  type QueryResult,
  type Recording,
} from '../queries/query-panels';
import { readRules } from '../queries/rule-files';
import type { ExemplarCheck } from './exemplars';
import type { GapList } from './expected-gaps';
import { missingProgramOf, notInstalled, recordingAllowance } from './optional-programs';

/** The result of the check; the recording is complete if there are no problems. */
export interface RecordingCheck {
  queries: number;
  withData: number;
  /** One line with the reason for each query that is listed as zero or empty. */
  listed: readonly string[];
  /** One line for each query that needs a program that is not installed. */
  notInstalled: readonly string[];
  ruleMetrics: { found: number; notInstalled: readonly string[] };
  targets: number;
  exemplars: ExemplarCheck;
  problems: readonly string[];
}

/**
 * Checks that every query of a panel has data or is listed, that every metric of a rule was
 * recorded, that every target is up, and that an exemplar of each service has a received trace.
 */
export async function checkRecording(input: {
  recording: Omit<Recording, 'allowance'>;
  gaps: GapList;
  missingPrograms: readonly string[];
  targets: readonly Target[];
  exemplars: ExemplarCheck;
}): Promise<RecordingCheck> {
  const { recording, gaps, missingPrograms, targets, exemplars } = input;
  const allowance = recordingAllowance(gaps, missingPrograms);
  const results: QueryResult[] = [];
  for (const dashboard of dashboards) {
    const panels = await queryPanels(dashboard, { ...recording, allowance });
    results.push(...panels.flatMap((panel) => panel.results));
  }
  const allowed = results.filter(({ reason }) => reason !== undefined);
  const isOfProgram = ({ reason }: QueryResult) =>
    missingPrograms.some((program) => reason === notInstalled(program));
  const lineOf = (result: QueryResult) => `${describeResult(result)}: ${result.reason}`;
  const rules = await checkRuleMetrics(recording, missingPrograms);
  return {
    queries: results.length,
    withData: results.filter(({ state }) => state === 'data').length,
    listed: allowed.filter((result) => !isOfProgram(result)).map(lineOf),
    notInstalled: allowed.filter(isOfProgram).map(lineOf),
    ruleMetrics: { found: rules.found, notInstalled: rules.notInstalled },
    targets: targets.length,
    exemplars,
    problems: [
      ...results.filter(isProblem).map((result) => `query without data: ${describeResult(result)}`),
      ...gaps.unneeded().map((line) => `remove from recording-gaps.ts: ${line}`),
      ...rules.missing.map((name) => `metric of a rule that was not recorded: ${name}`),
      ...targets
        .filter(({ isUp }) => !isUp)
        .map(({ name, error }) => `target that is down: ${name}: ${error}`),
      ...exemplars.unresolvedServices.map(
        (service) =>
          `service without an exemplar whose trace was received: ${service} (${exemplars.exemplars} exemplars of all services, ${exemplars.resolved} with a trace)`,
      ),
    ],
  };
}

async function checkRuleMetrics({ api, range }: Omit<Recording, 'allowance'>, missing: readonly string[]) {
  const recorded = await api.metricNames(range);
  const named = [...new Set(readRules().flatMap(({ expr }) => [...metricNamesIn(expr)]))].sort();
  const absent = named.filter((name) => !recorded.has(name));
  return {
    found: named.length - absent.length,
    missing: absent.filter((name) => missingProgramOf(name, missing) === undefined),
    notInstalled: absent.filter((name) => missingProgramOf(name, missing) !== undefined),
  };
}

/** The check as text, for the terminal. */
export function describeCheck(check: RecordingCheck): string {
  const {
    queries,
    withData,
    listed,
    notInstalled: absent,
    ruleMetrics,
    targets,
    exemplars,
    problems,
  } = check;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
  return [
    ...section('Zero or empty, as recording-gaps.ts lists:', listed),
    ...section('Not recorded, because a program is not installed:', absent),
    ...section('Exemplars that lead to a trace (service, method, route, trace):', exemplars.examples),
    ...section('Problems:', problems),
    `${queries} queries: ${withData} with data, ${listed.length} listed, ${absent.length} not installed`,
    `${ruleMetrics.found} metrics of rules recorded, ${ruleMetrics.notInstalled.length} not installed`,
    `${targets} targets, ${exemplars.exemplars} exemplars, ${exemplars.resolved} of them with a received trace`,
    `${problems.length} problems`,
    '',
  ].join('\n');
}
