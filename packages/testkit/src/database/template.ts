import { join } from 'node:path';
import { withClient } from '@shop/local-stack/postgres';
import { databaseNames, openServiceLog, runServiceProgram, type SubgraphName } from '@shop/local-stack/stack';
import { currentTestRun } from '../run';
import { programEnvironment } from './program-environment';
import { createFromTemplate } from './create-database';

/** The admin in the `user` database of a test stack. */
export const testAdmin = { email: 'admin@shop.example', password: 'correct horse battery staple' } as const;

/** A template database: migrated, or for `user` also with the admin. */
export type TemplateKind = 'migrated' | 'with-admin';

/**
 * Creates the template if it does not exist, and returns its name. One process creates it, others
 * wait.
 */
export async function ensureTemplate(subgraph: SubgraphName, kind: TemplateKind): Promise<string> {
  if (kind === 'with-admin') return ensureAdminTemplate();
  const name = databaseNames[subgraph];
  await once(name, () => runProgram(subgraph, 'migrate', currentTestRun().templateUrls[subgraph] as string));
  return name;
}

async function ensureAdminTemplate(): Promise<string> {
  const migrated = await ensureTemplate('user', 'migrated');
  const name = `${migrated}_with_admin`;
  await once(name, async () => {
    const url = await createFromTemplate({ subgraph: 'user', template: migrated, name });
    await runProgram('user', 'seed', url);
  });
  return name;
}

/**
 * Runs `make` unless it has succeeded in this run in any process, which the template flag of the
 * database shows.
 */
async function once(name: string, make: () => Promise<unknown>): Promise<void> {
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

async function runProgram(
  subgraph: SubgraphName,
  program: 'migrate' | 'seed',
  databaseUrl: string,
): Promise<void> {
  const log = openServiceLog(subgraph, join(currentTestRun().directory, 'logs'), () => undefined);
  const admin = { ADMIN_EMAIL: testAdmin.email, ADMIN_PASSWORD: testAdmin.password };
  const env = { ...programEnvironment(), ...admin, DATABASE_URL: databaseUrl };
  await runServiceProgram({ subgraph, program, env, log });
}
