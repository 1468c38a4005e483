import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { withClient, type EmbeddedPostgres } from '../postgres';
import { databaseNames, distOf, seededSubgraphs, workspaceRoot, type SubgraphName } from '../services';
import type { StackPlan } from './stack-plan';

/** The packages that the programs of a subgraph can load. */
export const sharedPackages = ['access', 'events', 'kit'];

/**
 * Records the code and settings with which a database was migrated and seeded, so that a warm start
 * can skip both.
 */
export interface PreparationMarks {
  isPrepared(subgraph: SubgraphName): boolean;
  remember(subgraph: SubgraphName): Promise<void>;
}

/**
 * The mark is a comment on the database, so it is dropped and restored with it. Its value is a hash
 * of all code that migrations and seeds can run, and of their settings.
 */
export async function readPreparationMarks(
  postgres: EmbeddedPostgres,
  plan: StackPlan,
): Promise<PreparationMarks> {
  const found = await withClient(postgres.superuserUrl, async (client) => {
    const { rows } = await client.query<{ name: string; mark: string | null }>(
      "SELECT datname AS name, shobj_description(oid, 'pg_database') AS mark FROM pg_database",
    );
    return new Map(rows.map((row) => [row.name, row.mark]));
  });
  const shared = sharedPackages.map((name) => hashOfCode(join(workspaceRoot, 'packages', name, 'dist')));
  const markOf = (subgraph: SubgraphName) =>
    // An HMAC keyed with the superuser's URL, because every role can read a comment and the
    // settings contain a password.
    createHmac('sha256', postgres.superuserUrl)
      .update(JSON.stringify([...shared, hashOfCode(distOf(subgraph)), seedSettings(subgraph, plan)]))
      .digest('hex');
  return {
    isPrepared: (subgraph) => found.get(databaseNames[subgraph]) === markOf(subgraph),
    async remember(subgraph) {
      const comment = `COMMENT ON DATABASE ${escapeIdentifier(databaseNames[subgraph])} IS ${escapeLiteral(markOf(subgraph))}`;
      await withClient(postgres.superuserUrl, (client) => client.query(comment));
    },
  };
}

function seedSettings(subgraph: SubgraphName, plan: StackPlan): unknown {
  return seededSubgraphs.has(subgraph) ? [plan.admin, plan.seedProducts, plan.serviceEnv[subgraph]] : [];
}

function hashOfCode(directory: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash.update(relative(directory, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
