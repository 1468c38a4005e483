import type { ChaosOptions } from '../options/options';
import type { ChaosRun } from '../run-chaos';
import { commandOf } from './command';
import type { InvariantResult, PhaseReport } from './invariant-result';
import { machine } from './machine';

const shownBreaches = 10;

/** The report as Markdown, for people. */
export function summarise(options: ChaosOptions, run: ChaosRun): string {
  const results = run.phases.flatMap((phase) => phase.results);
  const broken = results.filter(({ isKept }) => !isKept);
  return [
    '# Chaos',
    '',
    broken.length === 0
      ? `All ${results.length} promises were kept.`
      : `**${broken.length} of ${results.length} promises were broken.**`,
    '',
    `\`${commandOf(options)}\``,
    '',
    ...Object.entries(machine()).map(([name, value]) => `- ${name}: ${value}`),
    `- length: ${minutes(run.timeline.lengthMs)}`,
    '',
    '![checkouts per second, kills, faults and outages](chaos.svg)',
    '',
    ...run.phases.flatMap(summarisePhase),
    ...(broken.length === 0 ? [] : ['## Broken', '', ...broken.flatMap(describeViolated)]),
  ].join('\n');
}

function summarisePhase({ name, durationMs, results, counts }: PhaseReport): string[] {
  return [
    `## ${name} (${minutes(durationMs)})`,
    '',
    '| promise | figure | kept |',
    '| --- | --- | --- |',
    ...results.map(
      ({ promise, figure, isKept }) => `| ${promise} | ${figure} | ${isKept ? 'yes' : '**no**'} |`,
    ),
    '',
    ...Object.entries(counts).flatMap(([what, ofWhat]) => [
      `${what}: ${Object.entries(ofWhat)
        .map(([key, count]) => `${key} ${count}`)
        .join(' · ')}`,
      '',
    ]),
  ];
}

function describeViolated({ promise, breaches }: InvariantResult): string[] {
  const more = breaches.length - shownBreaches;
  return [
    `### ${promise}`,
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
