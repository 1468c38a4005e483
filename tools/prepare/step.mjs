import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { root } from './workspace.mjs';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A preparation that failed; its message is for the person at the terminal. */
export class PreparationError extends Error {}

/**
 * One line about what happens now; on standard error, so that a command's own output stays clean.
 */
export function say(line) {
  process.stderr.write(`> ${line}\n`);
}

/**
 * Runs npm (the one that called us, if one did); its output is shown, or with `quietly` only when
 * it fails. Signals go to it, so that it does not work on behind the back of somebody who thinks
 * that it was stopped.
 *
 * @throws PreparationError when it fails
 */
export async function npm(args, { environment = {}, quietly = false } = {}) {
  const caller = process.env.npm_execpath;
  const [file, ...first] = caller?.endsWith('.js') ? [process.execPath, caller] : ['npm'];
  const env = { ...process.env, ...environment };
  const child = spawn(file, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', ...(quietly ? ['pipe', 'pipe'] : [2, 2])],
    env,
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  const passOn = (signal) => child.kill(signal);
  for (const signal of stopSignals) process.on(signal, passOn);
  const [code, killedBy] = await once(child, 'close').catch((error) => {
    throw new PreparationError(`npm cannot be run: ${error.message}`);
  });
  for (const signal of stopSignals) process.off(signal, passOn);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  throw new PreparationError(`\`npm ${args.join(' ')}\` failed (${killedBy ?? `code ${code}`})`);
}
