import { invariants } from '../invariants/invariant';
import { table } from '../table';
import type { HealedOrder } from './heal';
import type { InvariantReport, ReconcileReport } from './tally';

/** The report for operators: a table, each breach with examples, and warnings. */
export function reportAsText(report: ReconcileReport): string {
  const rows = report.invariants.map(({ invariant, checked, breaches, inProgress }) => [
    ...[invariant, checked, breaches, inProgress],
  ]);
  const broken = report.invariants.filter(({ breaches }) => breaches > 0);
  return [
    `As of ${report.asOf}: ${scopeOf(report)}`,
    table(['invariant', 'checked', 'breaches', 'in progress'], rows),
    ...broken.map(breachParagraph),
    ...report.invariants.filter(({ inProgress }) => inProgress > 0).map(inProgressParagraph),
    ...warnings(report),
    summary(broken),
  ].join('\n\n');
}

function scopeOf({ since }: ReconcileReport): string {
  return since
    ? `orders that changed since ${since}, or are undecided; \`npm run reconcile -- --all\` compares all of them`
    : 'everything';
}

function breachParagraph({ invariant, breaches, examples }: InvariantReport): string {
  return [`BREACH ${invariant}: ${invariants[invariant].description}`, ...listed(examples, breaches)].join(
    '\n',
  );
}

function inProgressParagraph({ invariant, inProgress, inProgressExamples }: InvariantReport): string {
  return [
    `In progress, too recent to be a breach: ${invariant}`,
    ...listed(inProgressExamples, inProgress),
  ].join('\n');
}

function listed(examples: readonly string[], count: number): string[] {
  const more = count - examples.length;
  return [...examples, ...(more > 0 ? [`… and ${more} more`] : [])].map((line) => `  ${line}`);
}

function warnings({ deadLetters, unchecked }: ReconcileReport): string[] {
  return [
    ...Object.entries(deadLetters).map(
      ([service, count]) =>
        `Warning: ${count} dead letter(s) of ${service}: \`npm run events -- list --state dead\` shows them`,
    ),
    ...Object.entries(unchecked).map(
      ([provider, count]) => `Not checked: the records of ${provider} (${count} payments)`,
    ),
  ];
}

function summary(broken: readonly InvariantReport[]): string {
  if (broken.length === 0) return 'No breach.';
  return `${broken.length} invariant(s) violated; docs/operations.md describes each and the fix.`;
}

/** What `--heal` has started; empty without `--heal`. */
export function healedAsText(healed: readonly HealedOrder[] | undefined): string {
  if (!healed) return '';
  if (healed.length === 0) return '\nNothing to heal.\n';
  const lines = healed.map(({ orderId, action, problem }) => `  order ${orderId}: ${problem ?? action}`);
  return ['', 'Healing (the services continue it; run reconcile again to check):', ...lines, ''].join('\n');
}

/** In Prometheus' text format, for example for the node exporter's textfile collector. */
export function reportAsMetrics({ asOf, since, invariants, deadLetters }: ReconcileReport): string {
  const byInvariant = (read: (report: InvariantReport) => number) =>
    invariants.map((report) => [`{invariant="${report.invariant}"}`, read(report)] as const);
  const lines = [
    ...gauge(
      'shop_invariant_breaches',
      'Breaches that reconcile found.',
      byInvariant(({ breaches }) => breaches),
    ),
    ...gauge(
      'shop_invariant_checked',
      'Objects that reconcile checked.',
      byInvariant(({ checked }) => checked),
    ),
    ...gauge(
      'shop_invariant_under_way',
      'Violations that may be work in progress.',
      byInvariant(({ inProgress }) => inProgress),
    ),
    ...gauge(
      'shop_dead_letters',
      'Dead-lettered events.',
      Object.entries(deadLetters).map(([service, count]) => [`{service="${service}"}`, count]),
    ),
    ...gauge('shop_reconciled_timestamp_seconds', 'Time of the snapshot.', [['', Date.parse(asOf) / 1_000]]),
    ...gauge(
      'shop_reconciled_since_timestamp_seconds',
      'Changes since this time were checked; 0: everything was checked.',
      [['', since ? Date.parse(since) / 1_000 : 0]],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function gauge(
  name: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
