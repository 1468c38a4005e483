// Runs the checks of the repository, all by default, and reports all failures at once:
// npm run lint [-- name …]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trackedFiles } from './git-files.mjs';
import { migrationProblems } from './lint/migrations.mjs';
import { vocabularyProblems } from './lint/vocabulary.mjs';
import { workflowProblems } from './lint/workflows.mjs';
import { workspacesIn } from './workspaces.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const commands = {
  format: 'prettier --check --log-level warn .',
  composition: 'node tools/compose.mjs --check',
  schema: 'node tools/schema.mjs check',
  codegen:
    'graphql-codegen --config codegen.ts --check --errors-only || (echo "Generated types are stale: run npm run generate and commit." && exit 1)',
  'prometheus rule': 'node tools/generate-prometheus-rule.mjs --check',
  types: 'tsc -b && tsc -p tsconfig.tests.json',
  eslint: 'eslint . --max-warnings 0',
  imports:
    'depcruise --config .dependency-cruiser.cjs packages/*/src subgraphs/*/src gateway/src operations/src',
  unused: 'knip --no-progress',
};

const checks = {
  ...Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, () => run(command)])),
  'one federation-internals': oneFederationInternals,
  secrets: noSecrets,
  vocabulary: () => vocabularyProblems(root, trackedFiles(root)),
  workflows: () => workflowProblems(root),
  migrations: () => migrationProblems(root),
};

function run(command) {
  const { status, stdout, stderr } = spawnSync(command, { shell: true, cwd: root, encoding: 'utf8' });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim() || `exit status ${status}`];
}

/**
 * The planner fails with internal errors when gateway, composition and subgraphs bring different
 * copies.
 */
function oneFederationInternals() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const copies = Object.keys(packages).filter((path) =>
    path.endsWith('node_modules/@apollo/federation-internals'),
  );
  return copies.length === 1
    ? []
    : [`${copies.length} copies of @apollo/federation-internals: ${copies.join(', ')}`];
}

/** By secretlint (.secretlintrc.json), in every tracked file. */
function noSecrets() {
  const secretlint = join(root, 'node_modules/secretlint/bin/secretlint.js');
  const files = trackedFiles(root).filter((path) => !/\.(png|ico)$/.test(path));
  const { status, stdout, stderr } = spawnSync(process.execPath, [secretlint, '--no-glob', ...files], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

/** Each workspace folder must have a build; one without would be skipped silently. */
checks.workspaces = () =>
  ['packages', 'subgraphs']
    .flatMap((parent) => workspacesIn(root, parent))
    .concat('gateway', 'operations')
    .filter((path) => !JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).scripts?.build)
    .map((path) => `${path}/package.json has no build script`);

/** A check that cannot run has failed; the checks after it run. */
async function problemsOf(check) {
  try {
    return await check();
  } catch (error) {
    return [error.message];
  }
}

const asked = process.argv.slice(2);
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const startedAt = performance.now();
  const problems = await problemsOf(check);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) failed += 1;
}
if (failed > 0) {
  console.log(`${failed} check(s) failed.`);
  process.exitCode = 1;
}
