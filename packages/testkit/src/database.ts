import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { withClient } from '@shop/local-stack/postgres';
import { databaseNames, openServiceLog, runServiceProgram, type SubgraphName } from '@shop/local-stack/stack';
import { currentTestRun } from './run';

/** A database of one test file. */
export interface TestDatabase {
  /** Connection URL of the subgraph's role. */
  url: string;
  /** Drops it; otherwise it is removed at the end of the run. */
  drop(): Promise<void>;
}

/**
 * Creates a migrated database of a subgraph for one test file. Takes about 50 ms; the first call of a
 * run also migrates. `with-admin` (`user` only): `testAdmin` exists.
 *
 * const database = await cloneDatabase('product'); afterAll(() => database.drop());
 */
export async function cloneDatabase(
  subgraph: SubgraphName,
  kind: TemplateKind = 'migrated',
): Promise<TestDatabase> {
  const template = await ensureTemplate(subgraph, kind);
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  const url = await createFromTemplate({ subgraph, template, name });
  return { url, drop: () => dropDatabase(name) };
}

/** The admin in the `user` database of a test stack. */
export const testAdmin = { email: 'admin@shop.example', password: 'correct horse battery staple' } as const;

/** `migrated`, or for `user` also `with-admin`. */
type TemplateKind = 'migrated' | 'with-admin';

/** Creates the template database if it does not exist; concurrent calls wait. @returns its name */
async function ensureTemplate(subgraph: SubgraphName, kind: TemplateKind): Promise<string> {
  if (kind === 'with-admin') return ensureAdminTemplate();
  const name = databaseNames[subgraph];
  await createOnce(name, () =>
    runProgram(subgraph, 'migrate', currentTestRun().templateUrls[subgraph] as string),
  );
  return name;
}

async function ensureAdminTemplate(): Promise<string> {
  const migrated = await ensureTemplate('user', 'migrated');
  const name = `${migrated}_with_admin`;
  await createOnce(name, async () => {
    const url = await createFromTemplate({ subgraph: 'user', template: migrated, name });
    await runProgram('user', 'seed', url);
  });
  return name;
}

/**
 * Runs `make` unless it has succeeded before in this run, in any process: then the database is marked
 * as a template.
 */
async function createOnce(name: string, make: () => Promise<unknown>): Promise<void> {
  await withClient(currentTestRun().superuserUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [
      name,
    ]);
    if (rowCount === 1) return;
    await make();
    await client.query(`ALTER DATABASE ${client.escapeIdentifier(name)} IS_TEMPLATE true`);
  });
}

/** Runs a program of the subgraph on a database; its settings include `testAdmin`. */
export async function runProgram(
  subgraph: SubgraphName,
  program: 'migrate' | 'seed',
  databaseUrl: string,
  settings: Record<string, string> = {},
): Promise<void> {
  const log = openServiceLog(subgraph, join(currentTestRun().directory, 'logs'), () => undefined);
  const admin = { ADMIN_EMAIL: testAdmin.email, ADMIN_PASSWORD: testAdmin.password };
  const env = { ...programEnvironment(), ...admin, DATABASE_URL: databaseUrl, ...settings };
  await runServiceProgram({ subgraph, program, env, log });
}

/** Copies a template. @returns the URL of the new database for the subgraph's role */
async function createFromTemplate(input: {
  subgraph: SubgraphName;
  template: string;
  name: string;
}): Promise<string> {
  const { subgraph, template, name } = input;
  const { superuserUrl, templateUrls } = currentTestRun();
  await withClient(superuserUrl, async (client) => {
    const [copy, original, owner] = [name, template, databaseNames[subgraph]].map((id) =>
      client.escapeIdentifier(id),
    );
    await client.query(`CREATE DATABASE ${copy} TEMPLATE ${original} OWNER ${owner}`);
  });
  const url = new URL(templateUrls[subgraph] as string);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops the database and closes open connections to it. */
async function dropDatabase(name: string): Promise<void> {
  await withClient(currentTestRun().superuserUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  });
}

/** Environment of programs that tests start, without the developer's settings. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR && { TMPDIR }),
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    BCRYPT_COST: '10',
    // Tests share few processors, so a slow read must not count as an outage of a subgraph.
    SUBGRAPH_QUERY_TIMEOUT_MS: '5000',
  };
}

interface Runner {
  query(...statement: never[]): Promise<unknown>;
}

/** A proxy of `runner` that rejects one statement, given by its index. */
export function failingAt<T extends Runner>(runner: T, failure: number): T {
  let sent = 0;
  return new Proxy(runner, {
    get(target, property) {
      if (property !== 'query') {
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return (...statement: Parameters<T['query']>) => {
        sent += 1;
        return sent === failure + 1
          ? Promise.reject(new Error('planned failure'))
          : target.query(...statement);
      };
    },
  });
}
