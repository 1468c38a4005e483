import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@shop/local-stack/stack';
import { requireProgram } from '@shop/testkit/optional-server';
import { parseAllDocuments } from 'yaml';
import { docker, runLabel } from './engine';
import { Manifests, parseManifest } from './manifests';

const run = promisify(execFile);
/** As the overlay names it. */
export const shopImage = 'supergraph-shop:local';
const overlay = join('k8s', 'overlays', 'local');
const secretsFolder = join(overlay, 'secrets');

/**
 * Renders k8s/overlays/local and its Secrets, by the commands of docs/deployment.md, with secrets that
 * `init` makes in a temporary copy of the manifests.
 *
 * @param images replacements of images by name
 */
export async function renderLocalOverlay(images: ReadonlyMap<string, string>): Promise<Manifests> {
  const kubectl = requireProgram({ names: ['kubectl'], variable: 'KUBECTL' });
  const copy = await mkdtemp(join(tmpdir(), 'kubernetes-'));
  try {
    await chmod(copy, 0o700);
    for (const folder of ['k8s', 'docker'])
      await cp(join(workspaceRoot, folder), join(copy, folder), { recursive: true, filter: isNoSecret });
    const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    await docker([
      ...['run', '--rm', '--label', runLabel, '--user', user, '--network', 'none'],
      ...['--volume', `${join(copy, secretsFolder)}:/volumes`, shopImage, 'init'],
    ]);
    const rendered = await Promise.all(
      [
        ['kustomize', join(copy, secretsFolder)],
        ['kustomize', join(copy, overlay)],
        [
          ...['create', 'secret', 'generic', 'signing-keys', '--namespace', 'shop'],
          ...['--from-file', join(copy, secretsFolder, 'signing-keys')],
          ...['--dry-run=client', '--output', 'yaml'],
        ],
      ].map((args) => run(kubectl, args, { maxBuffer: 64 * 1_024 * 1_024 })),
    );
    const objects = rendered.flatMap(({ stdout }) =>
      parseAllDocuments(stdout).map((document) => document.toJS() as unknown),
    );
    return new Manifests(objects.map((value) => parseManifest(withImages(value, images))));
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Files of an `init` that somebody has run in this checkout stay where they are. */
function isNoSecret(path: string): boolean {
  return !path.includes(`${secretsFolder}/`) || basename(path) === 'kustomization.yaml';
}

function withImages(value: unknown, images: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((it) => withImages(it, images));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [
      key,
      key === 'image' && typeof it === 'string' ? (images.get(it) ?? it) : withImages(it, images),
    ]),
  );
}
