import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

/** The commit is not in this clone, for example because it is shallow. */
export class CommitMissing extends Error {
  override readonly name = 'CommitMissing';
}

/**
 * Writes the files of a commit to `directory` and builds its processes. Types are not checked, because
 * the lint of that commit has checked them.
 *
 * @throws CommitMissing
 */
export function buildCommit(commit: string, directory: string, log: (line: string) => void): void {
  requireCommit(commit);
  const archive = join(directory, 'files.tar');
  run('git', ['archive', '--output', archive, commit], workspaceRoot);
  run('tar', ['-xf', archive], directory);
  rmSync(archive);
  if (isLockSatisfied(directory)) {
    linkPackages(directory);
    log('packages: linked from this clone, which has the versions of its lock file');
  } else {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], directory);
    log('packages: installed from its lock file');
  }
  const projects = ['gateway', 'operations', ...foldersOf(directory, 'subgraphs')];
  run(process.execPath, ['node_modules/typescript/bin/tsc', '--build', '--noCheck', ...projects], directory);
}

function requireCommit(commit: string): void {
  const { status } = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: workspaceRoot });
  if (status === 0) return;
  throw new CommitMissing(
    `the commit ${commit} of previous-release.json is not in this clone: ` +
      `run git fetch --depth=1 origin ${commit}, then repeat the check`,
  );
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} failed with status ${status}:\n${`${stdout}${stderr}`.slice(-4_000)}`,
    );
}

interface LockFile {
  packages: Record<string, { version?: string; link?: boolean; optional?: boolean }>;
}

const lockOf = (root: string) =>
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;

/** Whether this clone has every package of the commit's lock file, in its version and place. */
function isLockSatisfied(directory: string): boolean {
  const { packages: present } = lockOf(workspaceRoot);
  return Object.entries(lockOf(directory).packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .every(([path, { version }]) => present[path]?.version === version);
}

const workspaceFolders = ['packages', 'subgraphs'];
const workspaces = ['gateway', 'operations', 'tests'];

function foldersOf(root: string, parent: string): string[] {
  return readdirSync(join(root, parent)).map((name) => join(parent, name));
}

/** Links the packages of this clone; those of the workspaces (@shop) are links within `directory`. */
function linkPackages(directory: string): void {
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@shop'), { recursive: true });
  const { packages } = lockOf(directory);
  for (const name of readdirSync(join(workspaceRoot, 'node_modules')))
    if (name !== '@shop' && name !== '.cache')
      symlinkSync(join(workspaceRoot, 'node_modules', name), join(modules, name));
  for (const [path, { link }] of Object.entries(packages)) {
    const target = (packages[path] as { resolved?: string }).resolved;
    if (link && target)
      symlinkSync(relative(join(modules, '@shop'), join(directory, target)), join(directory, path));
  }
  const all = [...workspaceFolders.flatMap((parent) => foldersOf(directory, parent)), ...workspaces];
  for (const workspace of all) {
    const own = join(workspaceRoot, workspace, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(directory, workspace, 'node_modules'));
  }
}
