import { invariants } from '../invariants';
import type { ReconcileReport, InvariantReport } from '../reconcile';
import { table } from './table';

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
  return [`BREACH ${invariant}: ${invariants[invariant].says}`, ...listed(examples, breaches)].join('\n');
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
