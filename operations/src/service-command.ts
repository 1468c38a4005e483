import type { OperatedShop } from '@shop/local-stack/operate';
import { runOperatorProgram } from './operator-program';
import { table } from './table';
import { UsageError } from './terminal';

type ServiceName = keyof OperatedShop['programs'];
type Line = Readonly<Record<string, unknown>>;

/** A command that services run on their own databases. */
export interface ServiceCommand {
  /** For example `events`. */
  name: string;
  actions: readonly string[];
  services: readonly ServiceName[];
  /** Columns of the table. */
  columns: readonly string[];
}

/**
 * Runs the command in each service and prints a table, or JSON lines with `--json`. `--service
 * <name>` selects one service; other arguments are passed to the services.
 */
export async function runServiceCommand(
  { name, actions, services, columns }: ServiceCommand,
  { programs }: OperatedShop,
  given: readonly string[],
): Promise<number> {
  const { args, service, isJson } = splitArgs(given);
  const [action] = args;
  if (!action || !actions.includes(action))
    throw new UsageError(`npm run ${name} -- ${actions.join(' | ')} …`);
  if (service && !services.some((known) => known === service))
    throw new UsageError(`--service is one of ${services.join(', ')}`);
  const asked = services.filter((known) => !service || known === service);
  const results = await Promise.all(
    asked.map((one) => linesOf(one, runOperatorProgram(one, programs[one], [name, ...args]))),
  );
  const lines = results.flat();
  process.stdout.write(
    `${isJson || action === 'show' ? asJson(lines) : asTable(lines, ['service', ...columns])}\n`,
  );
  return lines.length === 0 && namesRecord(args) ? 1 : 0;
}

/** For example `show <id>` and `replay <id>`, but not `replay --all`. */
function namesRecord([, argument]: readonly string[]): boolean {
  return argument !== undefined && !argument.startsWith('-');
}

async function linesOf(service: ServiceName, records: AsyncIterable<unknown>): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of records) lines.push({ service, ...(line as Line) });
  return lines;
}

function splitArgs(given: readonly string[]) {
  const args = [...given];
  const isJson = args.includes('--json');
  if (isJson) args.splice(args.indexOf('--json'), 1);
  const at = args.indexOf('--service');
  const service = at < 0 ? undefined : args.splice(at, 2)[1];
  if (at >= 0 && !service) throw new UsageError('--service needs a name');
  return { args, service, isJson };
}

function asJson(lines: readonly Line[]): string {
  return lines.length === 0
    ? 'Nothing found.'
    : lines.map((line) => JSON.stringify(line, null, 2)).join('\n');
}

function asTable(lines: readonly Line[], columns: readonly string[]): string {
  const shown = columns.filter((column) => lines.some((line) => column in line));
  if (lines.length === 0) return 'Nothing found.';
  return table(
    shown,
    lines.map((line) => shown.map((column) => cellOf(line[column]))),
  );
}

const longestCell = 80;

function cellOf(value: unknown): string | number {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Math.round(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // One line each, because an error's message may contain line breaks.
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > longestCell ? `${line.slice(0, longestCell - 1)}…` : line;
}
