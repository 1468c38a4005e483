import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The project's Node, which runs all programs, whichever Node runs npm. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', 'node');

/** Folders of the workspaces that are built, relative to the root. */
export function builtWorkspaces() {
  const below = (folder) => readdirSync(join(root, folder)).map((name) => join(folder, name));
  const candidates = [...below('packages'), ...below('subgraphs'), 'gateway', 'operations', 'tests'];
  return candidates.filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
}
