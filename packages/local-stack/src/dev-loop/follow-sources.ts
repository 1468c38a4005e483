import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { serviceNames, workspaceRoot, type ServiceName, type Stack } from '../stack';
import { watchBatches } from './watch-batches';

/**
 * Compiles as files are saved, composes as schemas change, and starts again exactly the services concerned; the gateway takes the
 * new supergraph while it runs. What does not compile or compose is reported and the running services stay as they are.
 */
export function followSources(stack: Stack): void {
  void runTool(['node_modules/typescript/bin/tsc', '--build', '--watch', '--preserveWatchOutput']);
  const folders = serviceNames.map((name) => ({ name, folder: folderOf(name) }));
  for (const { name, folder } of folders) {
    watchBatches(join(folder, 'dist'), isCode, () => restart(stack, [name]));
    if (name !== 'gateway')
      watchBatches(
        folder,
        (file) => file === 'schema.graphql',
        () => compose(stack, name),
      );
  }
  for (const shared of ['kit', 'events']) {
    watchBatches(join(workspaceRoot, 'packages', shared, 'dist'), isCode, () => restart(stack, serviceNames));
  }
}

function folderOf(name: ServiceName): string {
  return join(workspaceRoot, name === 'gateway' ? 'gateway' : join('subgraphs', name));
}

const isCode = (file: string) => file.endsWith('.js');

async function compose(stack: Stack, changed: ServiceName): Promise<void> {
  const code = await runTool(['tools/compose.mjs']);
  if (code === 0) await restart(stack, [changed]);
}

async function restart(stack: Stack, names: readonly ServiceName[]): Promise<void> {
  process.stdout.write(`> Starting again: ${names.join(', ')}\n`);
  try {
    await Promise.all(names.map((name) => stack.services[name].stop()));
    await Promise.all(names.map((name) => stack.services[name].start()));
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
  }
}

function runTool(args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, args, {
    cwd: workspaceRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.once('exit', () => child.kill());
  return new Promise((resolve) => child.once('exit', resolve));
}
