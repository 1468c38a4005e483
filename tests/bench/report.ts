import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../chaos/report/machine';

/** What a benchmark has measured, and what was promised of it. */
export interface BenchReport {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  promises: readonly { text: string; isKept: boolean }[];
}

/** Writes `<name>.json` and `<name>.md`; answers the latter. */
export function writeReport(directory: string, name: string, report: BenchReport): string {
  mkdirSync(directory, { recursive: true });
  const text = markdownOf(name, report);
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, `${name}.md`), text);
  return text;
}

function markdownOf(name: string, { title, columns, rows, promises }: BenchReport): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const where = Object.entries(machine()).map(([part, value]) => `${part} ${value}`);
  return [
    `# ${name}`,
    `${title}. \`npm run bench -- ${name}\` on ${where.join(', ')}.`,
    promises.map(({ text, isKept }) => `- ${isKept ? 'kept' : '**BROKEN**'}: ${text}`).join('\n'),
    [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n'),
    '',
  ].join('\n\n');
}
