import { invariants } from '../invariants';
import type { Findings, InvariantFinding } from '../reconcile';
import { table } from './table';

/** For a person: the table, then each breach with examples and what else to know. */
export function findingsAsText(findings: Findings): string {
  const rows = findings.invariants.map(({ invariant, checked, breaches, underWay }) => [
    ...[invariant, checked, breaches, underWay],
  ]);
  const broken = findings.invariants.filter(({ breaches }) => breaches > 0);
  return [
    `As of ${findings.asOf}: ${scopeOf(findings)}`,
    table(['invariant', 'checked', 'breaches', 'under way'], rows),
    ...broken.map(breachParagraph),
    ...findings.invariants.filter(({ underWay }) => underWay > 0).map(underWayParagraph),
    ...warnings(findings),
    verdict(broken),
  ].join('\n\n');
}

function scopeOf({ since }: Findings): string {
  return since
    ? `orders that changed since ${since}, or are undecided; \`npm run reconcile -- --all\` compares all of them`
    : 'everything';
}

function breachParagraph({ invariant, breaches, examples }: InvariantFinding): string {
  return [`BREACH ${invariant}: ${invariants[invariant].says}`, ...listed(examples, breaches)].join('\n');
}

function underWayParagraph({ invariant, underWay, underWayExamples }: InvariantFinding): string {
  return [`Under way, too young to judge: ${invariant}`, ...listed(underWayExamples, underWay)].join('\n');
}

function listed(examples: readonly string[], count: number): string[] {
  const more = count - examples.length;
  return [...examples, ...(more > 0 ? [`… and ${more} more`] : [])].map((line) => `  ${line}`);
}

function warnings({ deadLetters, unchecked }: Findings): string[] {
  return [
    ...Object.entries(deadLetters).map(
      ([service, count]) =>
        `Warning: ${count} dead letter(s) of ${service}: \`npm run events -- list --state dead\` shows them`,
    ),
    ...Object.entries(unchecked).map(
      ([provider, count]) => `Not checked: the books of ${provider}, about ${count} payment(s)`,
    ),
  ];
}

function verdict(broken: readonly InvariantFinding[]): string {
  if (broken.length === 0) return 'No breach.';
  return `${broken.length} invariant(s) broken; docs/operations.md says what each means and what to do.`;
}
