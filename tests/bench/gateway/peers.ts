import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

/** Packages of other gateways; not in the root, because they have hundreds of dependencies. */
export const peersFolder = join(workspaceRoot, 'tests/bench/gateway/peers');

/**
 * Installs them if they are missing or the lock file has changed since.
 *
 * @throws Error with the output of npm
 */
export function installPeers(): void {
  const stamp = join(peersFolder, 'node_modules/.installed-lock.json');
  const lock = readFileSync(join(peersFolder, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...{ cwd: peersFolder, encoding: 'utf8' },
  });
  if (status !== 0)
    throw new Error(`npm ci in ${peersFolder} failed: ${error?.message ?? stderr.slice(-1_000)}`);
  writeFileSync(stamp, lock);
}
