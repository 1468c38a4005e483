import { parseArgs } from 'node:util';
import {
  type DatabaseSettings,
  MigrationError,
  migrationLimitsOf,
  type MigrationSettings,
  readStatus,
  revertMigration,
  runMigrations,
  type ServiceDatabase,
  sessionOf,
} from '../database';
import { type LoggerSettings, runCommand } from '../process/run-process';

const usage = 'Usage: migrate [up | status | down --confirm <name of the newest migration>]';

/** Exit code of `status` if migrations are pending; 1 is a failure. */
const pendingExitCode = 3;

/**
 * A subgraph's `migrate` program for its own database:
 * - `up` (default) applies the pending migrations.
 * - `status` prints `{service, applied, newest, pending, unknown}` as a line of JSON and exits with 3
 *   if migrations are pending. `unknown` are those of a newer release.
 * - `down --confirm <name>` reverts the newest migration, if it has this name.
 */
export function migrate(options: {
  loadSettings: () => DatabaseSettings & LoggerSettings & MigrationSettings;
  database: ServiceDatabase;
}): Promise<void> {
  const { loadSettings, database } = options;
  return runCommand({
    name: `${database.service}-migrate`,
    loadSettings,
    async work(settings, logger) {
      const { command, confirmed } = readArguments(process.argv.slice(2));
      const migrations = {
        ...{ ...database, ...sessionOf(settings), limits: migrationLimitsOf(settings) },
        warn: (message: string, fields: object) => void logger.warn(message, fields),
      };
      switch (command) {
        case 'up':
          logger.info('database is up to date', { migrations: await runMigrations(migrations) });
          return;
        case 'status': {
          const { applied, pending, unknown } = await readStatus(migrations);
          const { service } = database;
          const status = {
            service,
            applied: applied.length,
            newest: applied.at(-1) ?? null,
            pending,
            unknown,
          };
          process.stdout.write(`${JSON.stringify(status)}\n`);
          if (pending.length > 0) process.exitCode = pendingExitCode;
          return;
        }
        case 'down': {
          const name = confirmed ?? (await nameToConfirm(migrations));
          await revertMigration({ ...migrations, name });
          logger.info('migration reverted', { migration: name });
        }
      }
    },
  });
}

async function nameToConfirm(database: Parameters<typeof readStatus>[0]): Promise<never> {
  const newest = (await readStatus(database)).applied.at(-1);
  throw new MigrationError(
    newest
      ? `down can delete data and was not confirmed: it would revert ${newest}. To do it, add --confirm ${newest}`
      : 'there is no applied migration to revert',
  );
}

function readArguments(args: string[]): { command: 'up' | 'status' | 'down'; confirmed: string | undefined } {
  const { positionals, values } = parseArgs({
    args,
    options: { confirm: { type: 'string' } },
    allowPositionals: true,
  });
  const [command = 'up', ...others] = positionals;
  const isKnown = command === 'up' || command === 'status' || command === 'down';
  if (!isKnown || others.length > 0 || (values.confirm !== undefined && command !== 'down'))
    throw new MigrationError(`invalid arguments: ${args.join(' ')}. ${usage}`);
  return { command, confirmed: values.confirm };
}
