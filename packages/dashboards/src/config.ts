import { join } from 'node:path';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { workspaceRoot } from '@shop/local-stack/stack';

/** Where previews and recordings are written. */
export const artifactsDirectory = join(workspaceRoot, 'artifacts', 'dashboards');

/** Data directory and description of the last recording. */
export const recordingDirectory = join(artifactsDirectory, 'recording');

/** Address of docs/operations.md for the links of panels; undefined if it is published nowhere. */
export const runbooksUrl = inheritedEnvironment['RUNBOOKS_URL'] || undefined;
