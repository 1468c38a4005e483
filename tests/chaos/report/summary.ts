import type { ChaosOptions } from '../options/options';
import type { ChaosRun } from '../run-chaos';
import { commandOf } from './command';
import type { InvariantResult, PhaseReport } from './invariant-result';
import { machine } from './machine';

const shownBreaches = 10;

/** The report as Markdown. */
export function summarise(options: ChaosOptions, run: ChaosRun): string {
  const results = run.phases.flatMap((phase) => phase.results);
  const violated = results.filter(({ holds }) => !holds);
  return [
    '# Chaos',
    '',
    violated.length === 0
      ? `All ${results.length} invariants hold.`
      : `**${violated.length} of ${results.length} invariants were violated.**`,
    '',
    `\`${commandOf(options)}\``,
    '',
    ...Object.entries(machine()).map(([name, value]) => `- ${name}: ${value}`),
    `- duration: ${minutes(run.timeline.durationMs)}`,
    '',
    '![checkouts per second, kills, faults and outages](chaos.svg)',
    '',
    ...run.phases.flatMap(summarisePhase),
    ...(violated.length === 0 ? [] : ['## Violations', '', ...violated.flatMap(describeViolated)]),
  ].join('\n');
}

function summarisePhase({ name, durationMs, results, counts }: PhaseReport): string[] {
  return [
    `## ${name} (${minutes(durationMs)})`,
    '',
    '| invariant | measurement | holds |',
    '| --- | --- | --- |',
    ...results.map(
      ({ invariant, measurement, holds }) =>
        `| ${invariant} | ${measurement} | ${holds ? 'yes' : '**no**'} |`,
    ),
    '',
    ...Object.entries(counts).flatMap(([heading, values]) => [
      `${heading}: ${Object.entries(values)
        .map(([key, count]) => `${key} ${count}`)
        .join(' · ')}`,
      '',
    ]),
  ];
}

function describeViolated({ invariant, breaches }: InvariantResult): string[] {
  const more = breaches.length - shownBreaches;
  return [
    `### ${invariant}`,
    '',
    ...breaches.slice(0, shownBreaches).map((breach) => `- ${breach}`),
    ...(more > 0 ? [`- … ${more} more in chaos.json`] : []),
    '',
  ];
}

function minutes(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
