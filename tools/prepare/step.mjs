import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { root } from './workspace.mjs';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A failed preparation; the message is shown to the user. */
export class PreparationError extends Error {}

/**
 * Prints a progress line to standard error, so that standard output has only the command's output.
 */
export function say(line) {
  process.stderr.write(`> ${line}\n`);
}

/**
 * Runs npm (the calling npm, if any) and shows its output, with `quietly` only on failure. Forwards
 * signals, so that it stops with this process.
 *
 * @throws PreparationError if it fails
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
