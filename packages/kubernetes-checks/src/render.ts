import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureContainerSecrets } from '@shop/local-stack/containers';
import { type OptionalProgram, findProgram } from '@shop/testkit/optional-server';
import { parseAllDocuments } from 'yaml';
import { manifestFolders, overlaysDirectory, workspaceRoot } from './config';
import type { KubernetesObject } from './manifests/kubernetes-object';

/** Debian has it as a package; kubectl contains it. */
export const kustomize: OptionalProgram = { names: ['kustomize', 'kubectl'], variable: 'KUSTOMIZE' };

/** Its message says all that a user needs. */
export class RenderError extends Error {}

const run = promisify(execFile);
const maxOutputBytes = 64 * 1_024 * 1_024;

/** Secrets of the local overlay are files that are made once for each cluster. */
const localSecrets = join(overlaysDirectory, 'local', 'secrets');
const kustomizationFile = 'kustomization.yaml';

/** The names of all overlays, of which each is applied to a cluster. */
export async function overlayNames(): Promise<string[]> {
  const entries = await readdir(join(workspaceRoot, overlaysDirectory), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}

/**
 * Renders overlays in a copy of the manifests, with new secrets: the checkout may have none, or those of a
 * cluster.
 *
 * @throws RenderError if neither kubectl nor kustomize is installed, or kustomize rejects an overlay
 */
export async function renderOverlays(
  names: readonly string[],
): Promise<Map<string, readonly KubernetesObject[]>> {
  const program = findProgram(kustomize);
  if (!program)
    throw new RenderError(
      'Neither kustomize nor kubectl was found: install one of them (apt-get install kustomize), or set KUSTOMIZE to its path.',
    );
  const copy = await mkdtemp(join(tmpdir(), 'k8s-'));
  try {
    for (const folder of manifestFolders)
      await cp(join(workspaceRoot, folder), join(copy, folder), { recursive: true, filter: isNoSecret });
    await ensureContainerSecrets(join(copy, localSecrets));
    const rendered = new Map<string, readonly KubernetesObject[]>();
    for (const name of names) {
      const overlay = join(copy, overlaysDirectory, name);
      const secrets = join(overlay, 'secrets');
      // Secrets are applied first, once for each cluster.
      const parts = existsSync(join(secrets, kustomizationFile)) ? [secrets, overlay] : [overlay];
      rendered.set(name, (await Promise.all(parts.map((part) => render(program, part)))).flat());
    }
    return rendered;
  } finally {
    await rm(copy, { recursive: true });
  }
}

function isNoSecret(path: string): boolean {
  return !path.includes(`${localSecrets}/`) || basename(path) === kustomizationFile;
}

async function render(program: string, directory: string): Promise<KubernetesObject[]> {
  const command = basename(program).startsWith('kubectl') ? 'kustomize' : 'build';
  try {
    const { stdout } = await run(program, [command, directory], { maxBuffer: maxOutputBytes });
    return parseManifests(stdout);
  } catch (error) {
    throw new RenderError((error as Error).message, { cause: error });
  }
}

/** Objects that an overlay shows and does not apply, in its files `*.example.yaml`. */
export async function exampleObjects(overlay: string): Promise<KubernetesObject[]> {
  const directory = join(workspaceRoot, overlaysDirectory, overlay);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.example.yaml'));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap(parseManifests);
}

/** @throws Error for YAML that is not valid */
function parseManifests(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const object = document.toJS() as (KubernetesObject & { data?: Record<string, string> }) | null;
    if (object?.kind === 'Secret' && object.data) object.data = withoutLineBreaks(object.data);
    return object ?? [];
  });
}

/** kustomize breaks the lines of base64, which Kubernetes accepts and the schema's format does not. */
const withoutLineBreaks = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.replaceAll('\n', '')]));
