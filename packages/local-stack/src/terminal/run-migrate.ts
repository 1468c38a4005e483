import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { inheritedEnvironment, loadStackConfig } from '../config';
import { findDataDirUser } from '../data-dir';
import { openOperatedShop, type OperatorProgram } from '../operate';
import { subgraphNames, type SubgraphName } from '../services';
import { runPreparation } from '../stack';
import { StackError } from '../stack-error';
import { showProgress } from './progress';

const usage = `Usage: npm run migrate [-- <command>] [--subgraph <name>]

Commands
  up      applies the pending migrations (default); npm start and npm run dev do the same
  status  prints one line of JSON per database: {service, applied, newest, pending, unknown};
          unknown are migrations of a newer release
  down    reverts the newest migration of one subgraph; requires --subgraph and --confirm

Options
  --subgraph <name>  one of ${subgraphNames.join(', ')}; may be repeated. Default: all of them
  --confirm <name>   the migration that down reverts
  --help             prints this text

Exit codes: 0 success, for status also that no migration is pending; 3 status found pending migrations; 1 failure.
`;

const commands = ['up', 'status', 'down'] as const;

interface MigrateArguments {
  command: (typeof commands)[number];
  subgraphs: readonly SubgraphName[];
  confirmed: string | undefined;
}

/** `npm run migrate`: the databases of DATA_DIR, or those that *_DATABASE_URL name. */
export async function runMigrate(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return void process.stdout.write(usage);
  const { command, subgraphs, confirmed } = readArguments(args);
  if (command === 'up' && !areReachable()) return applyMigrations(subgraphs);
  const programArgs = [command, ...(confirmed === undefined ? [] : ['--confirm', confirmed])];
  const shop = await openOperatedShop(inheritedEnvironment, 'migrate');
  try {
    const codes: number[] = [];
    for (const subgraph of subgraphs)
      codes.push(await runDatabaseProgram(subgraph, shop.programs[subgraph], programArgs));
    process.exitCode = Math.max(...codes);
  } finally {
    await shop.close();
  }
}

/** Whether all databases are external, or those of a running stack. */
function areReachable(): boolean {
  const { databaseUrls, dataDir } = loadStackConfig(inheritedEnvironment);
  return subgraphNames.every((name) => databaseUrls[name]) || findDataDirUser(dataDir) !== undefined;
}

/** Starts and creates the databases of DATA_DIR first. */
async function applyMigrations(subgraphs: readonly SubgraphName[]): Promise<void> {
  const progress = showProgress(process.stdout);
  // The ports are not used.
  const options = { ...loadStackConfig(inheritedEnvironment), ports: {} };
  await runPreparation(
    { ...options, onStep: progress.step, onNotice: progress.note },
    ['migrate'],
    subgraphs,
  );
  progress.done();
}

function readArguments(args: readonly string[]): MigrateArguments {
  const { positionals, values } = parse(args);
  const [command = 'up', ...others] = positionals;
  const subgraphs = values.subgraph ?? subgraphNames;
  if (!isOneOf(commands, command) || others.length > 0)
    throw new StackError(`Unknown command: ${positionals.join(' ')}. Commands: ${commands.join(', ')}`);
  for (const name of subgraphs)
    if (!isOneOf(subgraphNames, name))
      throw new StackError(`Unknown subgraph: ${name}. Subgraphs: ${subgraphNames.join(', ')}`);
  if (command === 'down' && subgraphs.length !== 1)
    throw new StackError('down reverts a migration of one database: add --subgraph <name>');
  if (command !== 'down' && values.confirm !== undefined)
    throw new StackError(`${command} has no option --confirm`);
  return { command, subgraphs: subgraphs as readonly SubgraphName[], confirmed: values.confirm };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { subgraph: { type: 'string', multiple: true }, confirm: { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new StackError(`${(error as Error).message}. See npm run migrate -- --help`);
  }
}

const isOneOf = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  names.includes(name as Name);

/** Prints the results of the program, and its errors as text. @returns its exit code */
async function runDatabaseProgram(
  subgraph: SubgraphName,
  { file, env }: OperatorProgram,
  args: readonly string[],
): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    env: { ...env, LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  for await (const line of createInterface({ input: child.stdout })) printLine(subgraph, line);
  const [code] = await closed;
  return code ?? 1;
}

function printLine(subgraph: SubgraphName, line: string): void {
  const { level, message, error } = JSON.parse(line) as {
    level?: string;
    message?: string;
    error?: { message: string };
  };
  if (level === undefined) process.stdout.write(`${line}\n`);
  else process.stderr.write(`${subgraph}: ${error?.message ?? message}\n`);
}
