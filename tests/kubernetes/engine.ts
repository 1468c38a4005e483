import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { CommandResult } from '@shop/local-stack/containers';

/** Everything that the run makes has it, so that all of it can be removed. */
export const runLabel = 'shop.kubernetes-run';
export const networkName = 'shop-kubernetes-run';

/** Runs `docker`. */
export async function tryDocker(args: readonly string[], input = ''): Promise<CommandResult> {
  const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // A program that ended without reading it: its exit code tells.
  child.stdin.on('error', () => undefined).end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, output: output.trim(), errors: errors.trim() };
}

/**
 * Runs `docker` and returns its output.
 *
 * @throws Error with the error output if it fails
 */
export async function docker(args: readonly string[], input = ''): Promise<string> {
  const { code, output, errors } = await tryDocker(args, input);
  if (code !== 0) throw new Error(`docker ${args.slice(0, 3).join(' ')} … failed: ${errors || output}`);
  return output;
}

export async function addressOf(containerName: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks "${networkName}").IPAddress}}`;
  return docker(['inspect', '--format', format, containerName]);
}

/** Removes the containers, volumes and the network of this run, and of one that was interrupted. */
export async function removeEverything(): Promise<void> {
  const filter = ['--quiet', '--filter', `label=${runLabel}`];
  const remove = async (list: readonly string[], removal: readonly string[]) => {
    const names = (await docker([...list, ...filter])).split('\n').filter(Boolean);
    if (names.length > 0) await docker([...removal, ...names]);
  };
  await remove(['ps', '--all'], ['rm', '--force', '--volumes']);
  await remove(['volume', 'ls'], ['volume', 'rm']);
  await remove(['network', 'ls'], ['network', 'rm']);
}
