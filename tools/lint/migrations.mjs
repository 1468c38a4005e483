// Lints the SQL of migrations that no release contains yet, with squawk (.squawk.toml).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { workspacesIn } from '../workspaces.mjs';

const require = createRequire(import.meta.url);

/**
 * Checks the migrations of the built subgraphs.
 *
 * @param root the repository
 * @returns {Promise<string[]>} the problems
 */
export async function migrationProblems(root) {
  const { migrations: released } = JSON.parse(readFileSync(join(root, 'previous-release.json'), 'utf8'));
  const found = await Promise.all(
    workspacesIn(root, 'subgraphs').map(async (folder) => {
      const subgraph = basename(folder);
      const exported = Object.values(require(join(root, folder, 'dist/data-source.js')));
      const { migrations } = exported.find((value) => Array.isArray(value?.migrations));
      return problemsOf({ root, subgraph, migrations, released: released[subgraph] ?? [] });
    }),
  );
  return found.flat();
}

/**
 * @param {{root: string, subgraph: string, migrations: (new () => object)[], released: string[]}} input
 *   `released`: names of released migrations; they are exempt, because databases have them already
 * @returns {Promise<string[]>}
 */
export async function problemsOf({ root, subgraph, migrations, released }) {
  const all = migrations.map((Migration) => {
    const migration = new Migration();
    return { migration, name: migration.name ?? Migration.name };
  });
  const added = all.filter(({ name }) => !released.includes(name));
  return [
    ...released
      .filter((name) => !all.some((one) => one.name === name))
      .map((name) => `${subgraph}: ${name} was released: keep it in the list of migrations`),
    ...misplaced(added, released).map(
      (name) => `${subgraph}: the number of ${name} must be larger than those of all released migrations`,
    ),
    ...(await sqlProblems({ root, subgraph, added })),
  ];
}

const timestampOf = (name) => Number(name.slice(-13));

function misplaced(added, released) {
  const newest = Math.max(0, ...released.map(timestampOf));
  return added.map(({ name }) => name).filter((name) => !(timestampOf(name) > newest));
}

async function sqlProblems({ root, subgraph, added }) {
  if (added.length === 0) return [];
  const directory = mkdtempSync(join(tmpdir(), 'migrations-'));
  try {
    const files = [];
    for (const { migration, name } of added) {
      const file = join(directory, `${subgraph}-${name}.sql`);
      writeFileSync(file, await sqlOf(migration, name));
      files.push(file);
    }
    return runSquawk(root, files);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The statements of `up` as text, within a transaction if the migration has one. */
async function sqlOf(migration, name) {
  const statements = await recordStatements(migration, name);
  const hasTransaction = migration.transaction !== false;
  const all = hasTransaction ? ['BEGIN', ...statements, 'COMMIT'] : statements;
  return all.map((statement) => `${statement.trim().replace(/;$/, '')};\n`).join('\n');
}

/**
 * Runs `up` on a query runner that records the statements; each of them returns no rows. So if `up`
 * branches on a result, only the branch without rows is linted. A run on an empty database would be
 * no better: it has one result for each query too.
 */
async function recordStatements(migration, name) {
  const statements = [];
  const runner = {
    query: (statement) => {
      statements.push(statement);
      return Promise.resolve([]);
    },
  };
  const strict = new Proxy(runner, {
    get(target, property) {
      if (property in target) return target[property];
      throw new Error(`it uses ${String(property)} of the query runner; write the statement with query()`);
    },
  });
  try {
    await migration.up(strict);
  } catch (error) {
    throw new Error(
      `${name} cannot be linted, because its \`up\` fails if no statement returns rows: ${error.message}`,
      {
        cause: error,
      },
    );
  }
  return statements;
}

function runSquawk(root, files) {
  const program = join(root, 'node_modules/squawk-cli/js/bin/squawk');
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [program, '--config', join(root, '.squawk.toml'), '--reporter', 'json', ...files],
    { encoding: 'utf8' },
  );
  if (error) throw error;
  if (!stdout.startsWith('[')) return [`squawk failed with status ${status}: ${stdout}${stderr}`];
  return JSON.parse(stdout).map(({ file, line, rule_name: rule, message, help }) => {
    const where = `${basename(file, '.sql')}, line ${line + 1} of its SQL`;
    return `${where}: ${message}${help ? ` ${help}` : ''} (${rule})`;
  });
}
