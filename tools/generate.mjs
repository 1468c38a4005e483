// Writes every committed generated file, in dependency order.
//   npm run generate               all files; builds the workspaces in between
//   npm run generate -- --schemas  only the supergraph and the types
//   npm run check:generated        all files; fails if the working tree then has an uncommitted file
import { spawnSync } from 'node:child_process';
import { uncommittedFiles } from './git-files.mjs';
import { projectNode, root } from './prepare/workspace.mjs';

const fromSchemas = [
  ['tools/compose.mjs'],
  ['node_modules/@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.ts', '--errors-only'],
];
const fromCode = [
  ['node_modules/typescript/bin/tsc', '--build'],
  ['tools/write-output.mjs', 'gateway/dist/print-openapi.js', 'docs/openapi.yaml'],
  ['tools/write-output.mjs', 'gateway/dist/print-manifest.js', 'gateway/persisted-operations.json'],
  ['tools/generate-settings.mjs'],
  ['tools/generate-metrics.mjs'],
  ['packages/dashboards/dist/main.js', 'generate'],
  ['tools/generate-prometheus-rule.mjs'],
];
const steps = process.argv.includes('--schemas') ? fromSchemas : [...fromSchemas, ...fromCode];

for (const step of steps) {
  const { status, stdout, stderr } = spawnSync(projectNode, step, { cwd: root, encoding: 'utf8' });
  if (status === 0) continue;
  // Shows the output of a generator only if it fails.
  console.error(`${stdout}${stderr}`.trim());
  console.error(`generate: \`node ${step.join(' ')}\` failed; the files after it were not written.`);
  process.exit(1);
}
console.log(`generated ${steps === fromSchemas ? 'composition and types' : 'all files'}`);

if (process.argv.includes('--check')) {
  const uncommitted = uncommittedFiles(root);
  if (uncommitted.length > 0) {
    spawnSync('git', ['--no-pager', 'diff'], { cwd: root, stdio: 'inherit' });
    console.error(`generate: these files are not committed; commit them:\n${uncommitted.join('\n')}`);
    process.exitCode = 1;
  }
}
