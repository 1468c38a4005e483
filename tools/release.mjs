// Run by lerna after it has raised the versions and before it commits: `npm run release`.
// Writes the version where lerna does not, and records what this release is compared with later.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const { version } = JSON.parse(readFileSync(join(root, 'lerna.json'), 'utf8'));

/** Each pattern matches exactly one version. */
const places = {
  'package.json': /(?<="version": ")[^"]+/,
  'docker/compose.yaml': /(?<=VERSION:-)[^}]+/,
  'k8s/overlays/production/kustomization.yaml': /(?<=newName: \S+supergraph-shop, newTag: )\S+/,
  'tools/new/subgraph/package.json.tpl': /(?<="(?:version|@shop\/\w+)": ")[^"]+/g,
};

for (const [file, pattern] of Object.entries(places)) {
  const text = readFileSync(join(root, file), 'utf8');
  if (text.search(pattern) === -1) throw new Error(`${file} has no version: correct tools/release.mjs.`);
  writeFileSync(join(root, file), text.replace(pattern, version));
}

const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' });
run('npm', 'run', 'schema:release');
run('npm', 'run', 'check:previous-release', '--', '--record', 'HEAD');
run('git', 'add', ...Object.keys(places), 'schema', 'previous-release.json');
