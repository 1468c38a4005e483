// Writes every generated file that is committed, in the order in which they depend on each other.
//   npm run generate               all of them; builds what the later ones are made from
//   npm run generate -- --schemas  only what the schemas give: composition and types
import { spawnSync } from 'node:child_process';
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
];
const steps = process.argv.includes('--schemas') ? fromSchemas : [...fromSchemas, ...fromCode];

for (const step of steps) {
  const { status, stdout, stderr } = spawnSync(projectNode, step, { cwd: root, encoding: 'utf8' });
  if (status === 0) continue;
  // What a generator says of each of its steps matters only when one fails.
  console.error(`${stdout}${stderr}`.trim());
  console.error(`generate: \`node ${step.join(' ')}\` failed; the files after it were not written.`);
  process.exit(1);
}
console.log(`generated ${steps === fromSchemas ? 'composition and types' : 'all files'}`);
