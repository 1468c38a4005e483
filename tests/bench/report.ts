import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../chaos/report/machine';

export interface Table {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** The measurements of a benchmark and its limits. */
export interface BenchReport extends Table {
  limits: readonly { text: string; isMet: boolean }[];
  /** How it was measured. */
  notes?: readonly string[];
  /** More tables. */
  sections?: readonly Table[];
  /** An SVG chart, written to a separate file. */
  chart?: string;
  /** For the JSON file only. */
  details?: unknown;
}

/**
 * Writes `<name>.json` and `<name>.md`, and `<name>.svg` if there is a chart. Returns the Markdown.
 */
export function writeReport(directory: string, name: string, report: BenchReport): string {
  mkdirSync(directory, { recursive: true });
  const { chart, ...data } = report;
  const text = markdownOf(name, report);
  writeFileSync(
    join(directory, `${name}.json`),
    `${JSON.stringify({ machine: machine(), ...data }, null, 2)}\n`,
  );
  writeFileSync(join(directory, `${name}.md`), text);
  if (chart) writeFileSync(join(directory, `${name}.svg`), chart);
  return text;
}

function markdownOf(
  name: string,
  { title, limits, chart, notes = [], sections = [], ...table }: BenchReport,
): string {
  const where = Object.entries(machine()).map(([part, value]) => `${part} ${value}`);
  return [
    `# ${name}`,
    `${title}. \`npm run bench -- ${name}\` on ${where.join(', ')}.`,
    limits.map(({ text, isMet }) => `- ${isMet ? 'passed' : '**FAILED**'}: ${text}`).join('\n'),
    tableOf(table),
    ...(chart ? [`![${name}](${name}.svg)`] : []),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
    ...sections.flatMap((section) => [`## ${section.title}`, tableOf(section)]),
    '',
  ].join('\n\n');
}

function tableOf({ columns, rows }: Omit<Table, 'title'>): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
