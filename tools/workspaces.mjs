import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root the repository
 * @param {string} parent `packages` or `subgraphs`
 * @returns {string[]} the folders in it, relative to the root; files such as .DS_Store are left out
 */
export function workspacesIn(root, parent) {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name));
}
