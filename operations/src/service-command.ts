import { OperatorError } from '@shop/kit/operator';
import type { OperatedShop } from '@shop/local-stack/operate';
import { runOperatorProgram } from './operator-program';
import { table } from './table';

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
    throw new OperatorError(`npm run ${name} -- ${actions.join(' | ')} …`);
  if (service && !services.some((known) => known === service))
    throw new OperatorError(`--service is one of ${services.join(', ')}`);
  const selected = services.filter((known) => !service || known === service);
  const results = await Promise.all(
    selected.map((one) => linesOf(one, runOperatorProgram(one, programs[one], [name, ...args]))),
  );
  const lines = results.flat();
  if (lines.length === 0) {
    process.stdout.write('Nothing found.\n');
    return namesRecord(args) ? 1 : 0;
  }
  const isTable = !isJson && action !== 'show';
  const text = isTable
    ? asTable(lines, ['service', ...columns])
    : lines.map((line) => JSON.stringify(line, null, 2)).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
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
  if (at >= 0 && !service) throw new OperatorError('--service needs a name');
  return { args, service, isJson };
}

function asTable(lines: readonly Line[], columns: readonly string[]): string {
  const shown = columns.filter((column) => lines.some((line) => column in line));
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
