import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, PreparationError, say } from './step.mjs';
import { projectNode, root } from './workspace.mjs';

const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.install-stamp');
/** The file in which npm records the installed tree. */
const npmsOwnNote = join(root, 'node_modules', '.package-lock.json');

/** True if node_modules matches package-lock.json, platform and architecture. */
export function isInstalled() {
  if (!existsSync(projectNode)) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint()) return true;
  if (!installedByHand()) return false;
  writeFileSync(stampFile, fingerprint());
  return true;
}

/** Installs the versions of package-lock.json. */
export async function install() {
  say(
    existsSync(npmsOwnNote)
      ? 'Dependencies have changed: npm ci'
      : 'Installing dependencies (first time: a minute or two): npm ci',
  );
  // Warnings concern the calling Node, which the project does not use.
  await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    environment: { NODE_ENV: '' },
  });
  if (!existsSync(projectNode)) {
    throw new PreparationError(
      'npm ran no install scripts (ignore-scripts?): set ignore-scripts=false and try again',
    );
  }
  writeFileSync(stampFile, fingerprint());
}

function fingerprint() {
  const { platform, arch } = process;
  return createHash('sha256').update(readFileSync(lockFile)).update(`${platform} ${arch}`).digest('hex');
}

/**
 * True after `npm ci` or `npm install`: every package is installed in the version of the lock file.
 */
function installedByHand() {
  if (!existsSync(npmsOwnNote)) return false;
  if (!linkedWorkspaces().every((path) => existsSync(join(root, path)))) return false;
  const wanted = thirdParty(lockFile);
  const present = new Map(thirdParty(npmsOwnNote));
  return wanted.every(([path, entry]) => {
    const installed = present.get(path);
    return installed
      ? installed.version === entry.version
      : entry.optional || entry.devOptional || entry.peer;
  });
}

/** A workspace that is new in the lock file has no link yet. */
function linkedWorkspaces() {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.keys(packages).filter((path) => packages[path].link);
}

function thirdParty(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.link);
}
