import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

export { workspaceRoot };

/** The folders with all files of the overlays; docker/ has those that the container stack also uses. */
export const manifestFolders = ['k8s', 'docker'] as const;

export const overlaysDirectory = join('k8s', 'overlays');
