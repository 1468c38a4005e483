import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm, say } from './step.mjs';
import { builtWorkspaces, root } from './workspace.mjs';

const stampFile = join(root, 'node_modules', '.cache', 'build-stamp');
const sharedSources = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];

/** True if no input of the build has changed since the last build. */
export function isBuilt() {
  const outputs = builtWorkspaces().map((folder) => join(root, folder, 'dist', '.tsbuildinfo'));
  return (
    outputs.every((file) => existsSync(file)) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === fingerprint()
  );
}

export async function build() {
  say(existsSync(stampFile) ? 'Building changed sources' : 'Building (first time: half a minute)');
  // Computed before the build, so that changes during the build are built next time.
  const before = fingerprint();
  builtWorkspaces().forEach(removeOrphans);
  await npm(['run', '--silent', 'build'], { quietly: true });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, before);
}

/** Names, sizes and times of all sources, because reading their text would slow a warm start. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of sources()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sources() {
  const own = (folder) => [
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
    ...filesBelow(sourceFolder(folder)).filter((file) => !file.startsWith(join(folder, 'dist'))),
  ];
  return [...sharedSources, ...builtWorkspaces().flatMap(own)].sort();
}

/** `tests` has its sources beside its configuration. */
function sourceFolder(workspace) {
  const folder = join(workspace, 'src');
  return existsSync(join(root, folder)) ? folder : workspace;
}

function filesBelow(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(inside) : [inside];
  });
}

/** tsc keeps the output of deleted sources, so a deleted migration would still run. */
function removeOrphans(workspace) {
  const dist = join(workspace, 'dist');
  for (const file of filesBelow(dist).filter((name) => name.endsWith('.js'))) {
    const stem = file.slice(0, -'.js'.length);
    const source = join(root, sourceFolder(workspace), `${stem.slice(dist.length + 1)}.ts`);
    if (existsSync(source)) continue;
    for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
      rmSync(join(root, stem + ending), { force: true });
  }
}
