import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The project's Node, which runs all programs, whichever Node runs npm. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', 'node');

/** A failed preparation; the message is shown to the user. */
export class PreparationError extends Error {}

/** Signals that are forwarded to a program. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in the root and forwards signals to it. By default its output goes to standard
 * error, because standard output has only the output of the command.
 *
 * @returns its exit code, as in a shell
 */
export async function runProgram(file, args, { env = {}, stdio = ['ignore', 2, 2] } = {}) {
  const child = spawn(file, args, { cwd: root, stdio, env: { ...process.env, ...env } });
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const parent = process.ppid;
  // If npm is killed, its script continues to run; it stops when its parent changes.
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) forward('SIGTERM');
  }, 1_000);
  try {
    const [code, signal] = await once(child, 'exit');
    return code ?? 128 + constants.signals[signal];
  } catch (error) {
    throw new PreparationError(`${file} cannot be run: ${error.message}`);
  } finally {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, forward);
  }
}
