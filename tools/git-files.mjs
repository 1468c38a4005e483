import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root the repository
 * @returns {string[]} the tracked files that exist, relative to it
 * @throws Error if there are none, because a check of no files would pass
 */
export function trackedFiles(root) {
  const files = git(root, 'ls-files', '-z').split('\0').filter(Boolean);
  if (files.length === 0)
    throw new Error(
      `git tracks no file in ${root}, so no file can be checked: run it in a clone, or run git init && git add --all there`,
    );
  return files.filter((path) => existsSync(join(root, path)));
}

/**
 * @param {string} root the repository
 * @returns {string[]} the status and name of each file that differs from the last commit or is untracked,
 *   for example ` M docs/openapi.yaml`; ignored files are left out
 */
export function uncommittedFiles(root) {
  return git(root, 'status', '--porcelain', '-z', '--untracked-files=all', '--no-renames')
    .split('\0')
    .filter(Boolean);
}

function git(root, ...args) {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (status === 0) return stdout;
  const reason = error?.message ?? stderr.trim();
  throw new Error(
    `\`git ${args.join(' ')}\` failed in ${root}: ${reason}. The files of a commit are found by git: ` +
      'run it in a clone, or run git init && git add --all there',
  );
}
