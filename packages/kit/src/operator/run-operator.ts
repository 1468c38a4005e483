import { once } from 'node:events';
import type { DataSource } from 'typeorm';
import { createDataSource, type DatabaseSettings, type ServiceDatabase, sessionOf } from '../database';
import { isConnectionLost, sqlStates } from '../database/sql-error';
import { settingsOrExit } from '../process/run-process';
import { OperatorError, RecordNotFound } from './options';

/** The input of a command. */
export interface OperatorInput {
  databaseUrl: string;
  /** Connects at the first call. */
  dataSource: () => Promise<DataSource>;
  /** The arguments after the command's name. */
  args: readonly string[];
  /** Writes one value as a line of JSON to standard output; waits while the reader is slow. */
  print: (value: unknown) => Promise<void>;
}

/** A command that prints its result. */
export type OperatorCommand = (input: OperatorInput) => Promise<void>;

/** failed: invalid arguments, a rejected command, or an unavailable database. */
const exitCodes = { notFound: 1, failed: 2 } as const;

/**
 * The operator program of a service: runs the command that the arguments name (`export`, `events
 * list …`) on the service's database. Writes JSON lines to standard output and errors to standard
 * error.
 */
export async function runOperator(options: {
  loadSettings: () => DatabaseSettings;
  database: ServiceDatabase;
  commands: Readonly<Record<string, OperatorCommand>>;
}): Promise<void> {
  const { url: databaseUrl } = sessionOf(settingsOrExit(options.loadSettings, exitCodes.failed));
  const found = findCommand(options.commands, process.argv.slice(2));
  if (!found) {
    process.stderr.write(`Unknown command. Commands: ${Object.keys(options.commands).join(', ')}\n`);
    process.exit(exitCodes.failed);
  }
  // The reader has closed the pipe.
  process.stdout.on('error', () => process.exit(0));
  let connection: Promise<DataSource> | undefined;
  const dataSource = () =>
    (connection ??= createDataSource({ ...options.database, url: databaseUrl, poolSize: 2 }).initialize());
  try {
    await found.run({ databaseUrl, dataSource, args: found.args, print: printLine });
    await (await connection)?.destroy();
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(error instanceof RecordNotFound ? exitCodes.notFound : exitCodes.failed);
  }
}

/** A command name is one or two arguments. */
function findCommand(commands: Readonly<Record<string, OperatorCommand>>, args: readonly string[]) {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(' ');
    if (Object.hasOwn(commands, name)) return { run: commands[name]!, args: args.slice(length) };
  }
  return undefined;
}

async function printLine(value: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain');
}

const olderSchema: readonly unknown[] = [sqlStates.undefinedTable, sqlStates.undefinedColumn];

function reasonOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  if (olderSchema.includes((error as { code?: string }).code))
    return 'the database schema is older than this program: run `npm run migrate`';
  if (!isConnectionLost(error)) return String((error as Error).stack ?? error);
  // An AggregateError of several addresses has no message of its own.
  const { message, code } = error as Error & { code?: string };
  return `the database is unavailable: ${message || code}`;
}
