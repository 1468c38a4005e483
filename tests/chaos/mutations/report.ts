import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { machine } from '../report/machine';
import type { MutantResult } from './mutant';

/**
 * Writes artifacts/mutations.json and, if `isKept`, docs/reports/mutations.md.
 *
 * @returns the results as a Markdown table
 */
export function writeReport(checkout: string, results: readonly MutantResult[], isKept: boolean): string {
  const table = tableOf(results);
  write(join(checkout, 'artifacts/mutations.json'), JSON.stringify({ machine: machine(), results }, null, 2));
  if (isKept) write(join(checkout, 'docs/reports/mutations.md'), pageOf(table, results));
  return table;
}

function tableOf(results: readonly MutantResult[]): string {
  const rows = results.map(({ mutant, outcome, detail }) => {
    const { file, title } = mutant.test;
    return `| ${[mutant.name, mutant.harm, `${file}: ${title}`, outcome, detail].map(cell).join(' | ')} |`;
  });
  return [
    '| guard | without it | test | outcome | how it fails |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function pageOf(table: string, results: readonly MutantResult[]): string {
  const killed = results.filter(({ outcome }) => outcome === 'killed').length;
  const where = Object.values(machine()).join(', ');
  return `# Guards removed on purpose

Written by \`npm run mutations -- --keep\`, on ${where}. Each row is a guard that was removed in a copy of the checkout; its test passes
with the guard and must fail without it. ${killed} of ${results.length} were detected.

${table}
`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text.trimEnd()}\n`);
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
