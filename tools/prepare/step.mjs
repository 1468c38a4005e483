import { spawnSync } from 'node:child_process';
import { root } from './workspace.mjs';

/** A preparation that failed; its message is for the person at the terminal. */
export class PreparationError extends Error {}

/** One line about what happens now; on standard error, so that a command's own output stays clean. */
export function say(line) {
  process.stderr.write(`> ${line}\n`);
}

/**
 * Runs npm (the one that called us, if one did) and shows its output.
 *
 * @throws PreparationError when it fails
 */
export function npm(args, environment = {}) {
  const caller = process.env.npm_execpath;
  const [file, ...first] = caller?.endsWith('.js') ? [process.execPath, caller] : ['npm'];
  const options = { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } };
  const { status, signal, error } = spawnSync(file, [...first, ...args], options);
  if (error) throw new PreparationError(`npm cannot be run: ${error.message}`);
  if (status !== 0)
    throw new PreparationError(`\`npm ${args.join(' ')}\` failed (${signal ?? `code ${status}`})`);
}
