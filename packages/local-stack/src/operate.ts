import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadStackConfig, type StackConfig } from './config';
import { findDataDirUser, lockDataDir } from './data-dir';
import { startEmbeddedPostgres, urlsOfRunningPostgres } from './postgres';
import { databaseNames, programOf, recordOf, subgraphNames, type SubgraphName } from './services';
import { createTeardown, databaseEnvironmentOf, type Teardown } from './stack';
import { StackError } from './stack-error';

export { inheritedEnvironment } from './config';
export { StackError } from './stack-error';

/** A program of a subgraph that needs only its database, for Node. */
export interface OperatorProgram {
  file: string;
  env: NodeJS.ProcessEnv;
}

export interface OperatedShop {
  programs: Readonly<Record<SubgraphName, OperatorProgram>>;
  /** Stops the PostgreSQL that was started for it. */
  close(): Promise<void>;
}

/**
 * Opens the databases of a command: those that `*_DATABASE_URL` name, or those of
 * DATA_DIR. If no stack is running there, PostgreSQL is started for the command.
 *
 * @throws ConfigError or StackError with the fix
 */
export async function openOperatedShop(
  env: NodeJS.ProcessEnv,
  program: 'operate' | 'migrate' = 'operate',
): Promise<OperatedShop> {
  const config = loadStackConfig(env);
  const teardown = createTeardown();
  try {
    const urls = await findDatabases(config, teardown);
    const programs = recordOf(subgraphNames, (name) => ({
      file: programOf(name, program),
      env: databaseEnvironmentOf(env, urls[name], config.databaseSessionUrls[name]),
    }));
    return { programs, close: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function findDatabases(config: StackConfig, teardown: Teardown): Promise<Record<SubgraphName, string>> {
  const given = config.databaseUrls;
  if (subgraphNames.every((name) => given[name])) return given as Record<SubgraphName, string>;
  const urlOf = await reachEmbedded(config.dataDir, teardown);
  return recordOf(subgraphNames, (name) => given[name] ?? urlOf(databaseNames[name]));
}

async function reachEmbedded(dataDir: string, teardown: Teardown): Promise<(database: string) => string> {
  const directory = join(dataDir, 'postgres');
  const databases = Object.values(databaseNames);
  if (!existsSync(join(directory, 'data')))
    throw new StackError(
      `There are no databases in ${dataDir}: run \`npm start\` to create them, or set DATA_DIR or *_DATABASE_URL`,
    );
  if (findDataDirUser(dataDir) !== undefined) return urlsOfRunningPostgres(directory, databases);
  const lock = lockDataDir(dataDir);
  teardown.add(() => lock.release());
  const postgres = await startEmbeddedPostgres({
    directory,
    databases,
    logFile: join(dataDir, 'logs', 'postgres.log'),
  });
  teardown.add(() => postgres.stop());
  return postgres.urlOf;
}
