import { spawn } from 'node:child_process';
import { join, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { serviceNames, workspaceRoot, type ServiceName, type Stack } from '../stack';
import { lastWrittenAtMs, readGeneratedSources } from './generated-sources';
import { keepRunning } from './keep-running';
import { createRestartGate } from './restart-gate';
import { watchBatches } from './watch-batches';

/**
 * Compiles changed files, composes changed schemas and generates their types, and restarts the
 * services whose code or schema has changed; the gateway reloads the supergraph without a restart.
 * On compile and composition errors, prints them and keeps the running services.
 */
export function followSources(stack: Stack): void {
  let restarting = Promise.resolve();
  const gate = createRestartGate<ServiceName>((names) => {
    restarting = restarting.then(() => restart(stack, names));
  });
  compileContinuously(gate.onCompilerLine);
  const shared = ['kit', 'events'].map((name) => join(workspaceRoot, 'packages', name, 'dist'));
  const built = serviceNames.map((name) => ({ name, folder: join(folderOf(name), 'dist') }));
  watchBatches({
    folders: [...shared, ...built.map(({ folder }) => folder)],
    matters: (file) => file.endsWith('.js'),
    async react(files) {
      const isBelow = (folder: string) => [...files].some((file) => file.startsWith(folder + sep));
      const changed = built.filter(({ folder }) => isBelow(folder)).map(({ name }) => name);
      gate.codeChanged(shared.some(isBelow) ? serviceNames : changed);
    },
  });
  watchBatches({
    folders: serviceNames.flatMap((name) => [
      join(folderOf(name), 'src'),
      ...(name === 'gateway' ? [] : [join(folderOf(name), 'schema.graphql')]),
    ]),
    matters: (file) => file.endsWith('.graphql'),
    async react(files) {
      const before = readGeneratedSources(workspaceRoot);
      if ((await runTool(['tools/generate.mjs', '--schemas'])) !== 0) return;
      const changed = serviceNames.filter((name) => files.has(join(folderOf(name), 'schema.graphql')));
      gate.codeChanged(changed, lastWrittenAtMs(before, readGeneratedSources(workspaceRoot)));
    },
  });
}

function folderOf(name: ServiceName): string {
  return join(workspaceRoot, name === 'gateway' ? 'gateway' : join('subgraphs', name));
}

async function restart(stack: Stack, names: readonly ServiceName[]): Promise<void> {
  process.stdout.write(`> Restarting: ${names.join(', ')}\n`);
  try {
    await Promise.all(names.map((name) => stack.services[name].stop()));
    await Promise.all(names.map((name) => stack.services[name].start()));
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
  }
}

function compileContinuously(onLine: (line: string) => void): void {
  const compiler = [
    'node_modules/typescript/bin/tsc',
    '--build',
    '--watch',
    '--preserveWatchOutput',
    '--pretty',
  ];
  const start = () => {
    const child = startTool(compiler, 'pipe');
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        process.stdout.write(`${line}\n`);
        onLine(line);
      });
    return child;
  };
  const report = (line: string) => process.stdout.write(`${line}\n`);
  keepRunning({ name: 'tsc --watch', start, maximumRestarts: 3, report });
}

function runTool(args: readonly string[]): Promise<number | null> {
  const child = startTool(args, 'inherit');
  return new Promise((resolve) => child.once('exit', resolve));
}

function startTool(args: readonly string[], stdout: 'pipe' | 'inherit') {
  const child = spawn(process.execPath, args, { cwd: workspaceRoot, stdio: ['ignore', stdout, 'inherit'] });
  process.once('exit', () => child.kill());
  return child;
}
