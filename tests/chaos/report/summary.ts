import type { ChaosOptions } from '../options/options';
import type { ChaosRun } from '../run-chaos';
import { commandOf } from './command';
import type { Finding, PhaseReport } from './finding';
import { machine } from './machine';

const shownBreaches = 10;

/** The report as Markdown, for people. */
export function summarise(options: ChaosOptions, run: ChaosRun): string {
  const findings = run.phases.flatMap((phase) => phase.findings);
  const broken = findings.filter(({ isKept }) => !isKept);
  return [
    '# Chaos',
    '',
    broken.length === 0
      ? `All ${findings.length} promises were kept.`
      : `**${broken.length} of ${findings.length} promises were broken.**`,
    '',
    `\`${commandOf(options)}\``,
    '',
    ...Object.entries(machine()).map(([name, value]) => `- ${name}: ${value}`),
    `- length: ${minutes(run.timeline.lengthMs)}`,
    '',
    '![checkouts per second, kills, faults and outages](chaos.svg)',
    '',
    ...run.phases.flatMap(summarisePhase),
    ...(broken.length === 0 ? [] : ['## Broken', '', ...broken.flatMap(sayBroken)]),
  ].join('\n');
}

function summarisePhase({ name, durationMs, findings, counts }: PhaseReport): string[] {
  return [
    `## ${name} (${minutes(durationMs)})`,
    '',
    '| promise | figure | kept |',
    '| --- | --- | --- |',
    ...findings.map(
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

function sayBroken({ promise, breaches }: Finding): string[] {
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
