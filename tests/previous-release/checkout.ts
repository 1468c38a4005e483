import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { linkPackages } from './link-packages';

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
    linkPackages(workspaceRoot, directory);
    log('packages: linked from this clone, which has the versions of its lock file');
  } else {
    run(process.execPath, ['--input-type=module', '--eval', installOf], directory);
    log('packages: installed from its lock file');
  }
  const projects = ['gateway', 'operations', ...foldersOf(directory, 'subgraphs')];
  run(process.execPath, ['node_modules/typescript/bin/tsc', '--build', '--noCheck', ...projects], directory);
}

/** The installation of the commit itself, with the install scripts of its Node and its PostgreSQL. */
const installOf = `
  const { prepare } = await import('./tools/prepare/prepare.mjs');
  await prepare({ build: false });`;

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

function foldersOf(root: string, parent: string): string[] {
  return readdirSync(join(root, parent)).map((name) => join(parent, name));
}
