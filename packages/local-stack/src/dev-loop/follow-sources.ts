import { globSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { serviceNames, workspaceRoot, type ServiceName } from '../services';
import type { Stack } from '../stack';
import { compileContinuously, runTool } from './compiler';
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

/** The text of each generated source, by file. */
type GeneratedSources = ReadonlyMap<string, string>;

export function readGeneratedSources(root: string): GeneratedSources {
  const files = globSync('{gateway,operations,packages/*,subgraphs/*}/src/**/generated/*.ts', { cwd: root });
  return new Map(
    files.map((name) => join(root, name)).map((file) => [file, readFileSync(file, 'utf8')] as const),
  );
}

/** When the newest of the changed sources was written; undefined if none has changed. */
export function lastWrittenAtMs(before: GeneratedSources, after: GeneratedSources): number | undefined {
  const changed = [...after].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  return changed.length === 0 ? undefined : Math.max(...changed.map((file) => statSync(file).mtimeMs));
}
