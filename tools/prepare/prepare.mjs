import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { workspacesIn } from '../workspaces.mjs';
import { PreparationError, projectNode, root, runProgram } from './workspace.mjs';

// Not below node_modules, which `npm ci` deletes. A symbolic link, because it is created together
// with its target, the ID of the process.
const lock = join(root, '.prepare.lock');
const waitLimitMs = 15 * 60_000;

/**
 * Installs what is missing and, unless `build` is false, builds what has changed. One preparation
 * of a checkout runs at a time.
 */
export async function prepare({ build }) {
  await takeLock();
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    if (!isInstalled()) await install();
    if (build) await compile();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function takeLock() {
  let isReported = false;
  for (const startMs = Date.now(); !tryLink(); await pause(100)) {
    const owner = findOwner();
    if (owner === undefined) continue;
    const waitedMs = Date.now() - startMs;
    if (waitedMs > waitLimitMs)
      throw new PreparationError(
        `Process ${owner} has been preparing for more than 15 minutes: stop it, or delete ${lock}`,
      );
    if (waitedMs > 1_000 && !isReported) report(`Waiting for another preparation (process ${owner})`);
    isReported = waitedMs > 1_000;
  }
}

function tryLink(pid = process.pid) {
  try {
    symlinkSync(String(pid), lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that holds the lock. If it has ended, the lock is removed. */
function findOwner() {
  const stale = `${lock}.stale.${process.pid}`;
  try {
    const owner = readlinkSync(lock);
    if (isAlive(Number(owner))) return owner;
    renameSync(lock, stale);
    // Another process may have replaced the lock in the meantime; then it is restored.
    if (readlinkSync(stale) !== owner) tryLink(readlinkSync(stale));
    rmSync(stale);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** npm's record of what node_modules contains. */
const installedFile = join(root, 'node_modules', '.package-lock.json');

/** True if node_modules has the packages of package-lock.json, and its Node runs on this machine. */
function isInstalled() {
  if (!existsSync(installedFile) || spawnSync(projectNode, ['--version']).status !== 0) return false;
  const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesIn(installedFile);
  return Object.entries(packagesIn(join(root, 'package-lock.json')))
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, link, optional, devOptional, peer }]) => {
      if (link) return existsSync(join(root, path));
      return installed[path] ? installed[path].version === version : optional || devOptional || peer;
    });
}

async function install() {
  const isFirst = !existsSync(installedFile);
  report(`${isFirst ? 'Installing dependencies (a minute or two)' : 'Dependencies have changed'}: npm ci`);
  const caller = process.env.npm_execpath;
  const [file, ...first] = caller?.endsWith('.js') ? [process.execPath, caller] : ['npm'];
  // Warnings concern the calling Node, which the project does not use.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await runProgram(file, [...first, ...args], { env: { NODE_ENV: '' } });
  if (code !== 0) throw new PreparationError(`\`npm ci\` failed (code ${code})`);
  if (!existsSync(projectNode))
    throw new PreparationError(
      'npm ran no install scripts (ignore-scripts?): set ignore-scripts=false and try again',
    );
}

/** `tsc --build` decides what has changed: 0.4 s if nothing has, while Nx needs 1.8 s. */
async function compile() {
  if (!existsSync(join(root, 'packages/kit/dist'))) report('Building (first time: half a minute)');
  const folders = ['packages', 'subgraphs'].flatMap((parent) => workspacesIn(root, parent));
  for (const folder of [...folders, 'gateway', 'operations']) removeOrphans(folder, 'src');
  removeOrphans('tests', '.');
  const code = await runProgram(projectNode, ['node_modules/typescript/bin/tsc', '--build']);
  if (code !== 0) throw new PreparationError(`The build failed (code ${code})`);
}

/** tsc keeps the output of deleted sources, so a deleted migration would still run. */
function removeOrphans(workspace, sources) {
  const dist = join(root, workspace, 'dist');
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.js'))) {
    const stem = file.slice(0, -'.js'.length);
    if (existsSync(join(root, workspace, sources, `${stem}.ts`))) continue;
    for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
      rmSync(join(dist, stem + ending), { force: true });
  }
}

function report(line) {
  process.stderr.write(`> ${line}\n`);
}
