import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

/** Where previews and recordings are written. */
export const artifactsDirectory = join(workspaceRoot, 'artifacts', 'dashboards');

/** Data directory and description of the last recording. */
export const recordingDirectory = join(artifactsDirectory, 'recording');
