import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { subgraphNames, workspaceRoot, type SubgraphName } from '@shop/local-stack/stack';

/** previous-release.json: the release whose processes may still run while this code migrates. */
export interface Release {
  commit: string;
  /** Names of all its migrations, the oldest first. */
  migrations: Record<SubgraphName, string[]>;
}

const file = join(workspaceRoot, 'previous-release.json');

export const readRelease = () => JSON.parse(readFileSync(file, 'utf8')) as Release;

/** Records the commit, with the migrations of the current build. */
export function recordRelease(commit: string): void {
  const migrations = Object.fromEntries(subgraphNames.map((name) => [name, migrationsOf(name)]));
  writeFileSync(file, `${JSON.stringify({ commit, migrations }, null, 2)}\n`);
}

type MigrationClass = new () => { name?: string };

function migrationsOf(subgraph: SubgraphName): string[] {
  const load = createRequire(__filename);
  const exported = Object.values(
    load(join(workspaceRoot, 'subgraphs', subgraph, 'dist', 'data-source.js')) as Record<string, unknown>,
  );
  const database = exported.find((value): value is { migrations: MigrationClass[] } =>
    Array.isArray((value as { migrations?: unknown } | undefined)?.migrations),
  );
  const names = database?.migrations.map((Migration) => new Migration().name ?? Migration.name) ?? [];
  return names.sort((a, b) => Number(a.slice(-13)) - Number(b.slice(-13)));
}
