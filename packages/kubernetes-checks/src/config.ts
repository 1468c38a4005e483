import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

export { workspaceRoot };

/** The folders that overlays are made of: manifests, and what they share with the stack of containers. */
export const manifestFolders = ['k8s', 'docker'] as const;

export const overlaysDirectory = join('k8s', 'overlays');
