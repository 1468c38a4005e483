import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PreparationError, say } from './step.mjs';
import { root } from './workspace.mjs';

// Not below node_modules, which `npm ci` deletes.
const lockFile = join(root, '.prepare.lock');
const waitLimitMs = 15 * 60_000;

/** Runs `work` under the lock of this checkout; waits for another preparation. */
export async function alone(work) {
  await takeLock();
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function takeLock() {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    const deadline = Date.now() + waitLimitMs;
    for (let said = false; !tryLink(draft);) {
      const holder = holderOfLock();
      if (holder === undefined) continue;
      if (Date.now() > deadline)
        throw new PreparationError(
          `Process ${holder} has been preparing for too long: end it, or delete ${lockFile}`,
        );
      if (!said) say(`Waiting for another preparation (process ${holder})`);
      said = true;
      await pause(200);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function tryLink(draft) {
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that holds the lock; undefined if it has exited, and then the lock is removed. */
function holderOfLock() {
  let pid;
  try {
    pid = Number(readFileSync(lockFile, 'utf8'));
  } catch {
    return undefined;
  }
  if (isAlive(pid)) return pid;
  try {
    // Only one of several processes that find it stale can rename it.
    renameSync(lockFile, `${lockFile}.stale.${process.pid}`);
    rmSync(`${lockFile}.stale.${process.pid}`);
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
