import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inheritedEnvironment } from '../config';
import { workspaceRoot } from '../services';
import { StackError } from '../stack-error';

const composeFile = join(workspaceRoot, 'docker', 'compose.yaml');

/** @throws StackError if there is no container engine, or no compose v2 */
export function requireEngine(): void {
  for (const [args, what] of [
    [['info'], 'No container engine answers: start Docker'],
    [['compose', 'version'], 'docker compose (v2.24 or newer) is missing: install the compose plugin'],
  ] as const) {
    const { status, error } = spawnSync('docker', args, { stdio: 'ignore', timeout: 30_000 });
    if (status !== 0) throw new StackError(`${what}${error ? ` (${error.message})` : ''}`);
  }
}

/**
 * Runs `docker compose` on docker/compose.yaml; its output goes to this terminal.
 *
 * @throws StackError if it fails
 */
export async function compose(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn('docker', composeArgs(args), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...inheritedEnvironment, ...env },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new StackError(`docker compose ${args.join(' ')} failed (code ${code})`);
}

/**
 * Runs `docker compose` and returns its output.
 *
 * @throws StackError with the error output if it fails
 */
export function composeOutput(args: readonly string[]): Promise<string> {
  return outputOf(composeArgs(args));
}

/** Runs `docker compose` and returns its exit code and its output. */
export function composeResult(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return run(composeArgs(args), env);
}

/**
 * Runs `docker` and returns its output.
 *
 * @throws StackError with the error output if it fails
 */
export async function outputOf(args: readonly string[]): Promise<string> {
  const { code, output, errors } = await run(args);
  if (code !== 0) throw new StackError(`docker ${args.join(' ')} failed: ${errors || output}`);
  return output;
}

export interface CommandResult {
  code: number | null;
  output: string;
  errors: string;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const child = spawn('docker', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inheritedEnvironment, ...env },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, output: output.trim(), errors: errors.trim() };
}

/** Settings come from the environment and from .env, as for `npm start`. */
function composeArgs(args: readonly string[]): string[] {
  const envFile = join(workspaceRoot, '.env');
  const settings = existsSync(envFile) ? ['--env-file', envFile] : [];
  return ['compose', ...settings, '--file', composeFile, ...args];
}
