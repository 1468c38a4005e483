import type { Content } from './contents';
import { type Container, type Workload, containersOf } from './workload';

/** A use of a ConfigMap or Secret by a pod. */
export interface Reference {
  kind: Content['kind'];
  name: string;
  /** undefined: all keys. */
  key: string | undefined;
  /** JSON pointer. */
  path: string;
  isOptional: boolean;
}

/** A file of a container that comes from a ConfigMap or Secret. */
export interface MountedFile {
  source: Pick<Reference, 'kind' | 'name'>;
  key: string;
}

type Volume = NonNullable<Workload['podSpec']['volumes']>[number];

/** A ConfigMap or Secret in a volume. */
interface VolumeSource extends Pick<Reference, 'kind' | 'name' | 'path' | 'isOptional'> {
  items: readonly { key: string; path: string }[] | undefined;
}

export function referencesOf(workload: Workload): Reference[] {
  const { podSpec, path } = workload;
  return [
    ...containersOf(workload).flatMap(({ container, path: at }) => [
      ...fromReferences(container, at),
      ...environmentReferences(container, at),
    ]),
    ...(podSpec.volumes ?? []).flatMap((volume, index) =>
      sourcesOf(volume, `${path}/volumes/${index}`).flatMap(({ items, ...source }): Reference[] => [
        { ...source, key: undefined },
        ...(items ?? []).map(({ key }, item) => ({ ...source, key, path: `${source.path}/items/${item}` })),
      ]),
    ),
  ];
}

function fromReferences({ envFrom = [] }: Container, path: string): Reference[] {
  return envFrom.flatMap(({ configMapRef, secretRef }, index) =>
    [
      { kind: 'ConfigMap' as const, ref: configMapRef },
      { kind: 'Secret' as const, ref: secretRef },
    ].flatMap(({ kind, ref }) =>
      ref
        ? {
            kind,
            name: ref.name ?? '',
            key: undefined,
            path: `${path}/envFrom/${index}`,
            isOptional: ref.optional === true,
          }
        : [],
    ),
  );
}

function environmentReferences({ env = [] }: Container, path: string): Reference[] {
  return env.flatMap(({ valueFrom }, index) =>
    [
      { kind: 'ConfigMap' as const, ref: valueFrom?.configMapKeyRef },
      { kind: 'Secret' as const, ref: valueFrom?.secretKeyRef },
    ].flatMap(({ kind, ref }) =>
      ref
        ? {
            kind,
            name: ref.name ?? '',
            key: ref.key,
            path: `${path}/env/${index}/valueFrom`,
            isOptional: ref.optional === true,
          }
        : [],
    ),
  );
}

function sourcesOf(volume: Volume, path: string): VolumeSource[] {
  const source = (
    kind: Content['kind'],
    at: string,
    {
      name = '',
      items,
      optional,
    }: { name?: string | undefined; items?: VolumeSource['items']; optional?: boolean },
  ): VolumeSource => ({ kind, name, path: at, items, isOptional: optional === true });
  return [
    ...(volume.configMap ? [source('ConfigMap', `${path}/configMap`, volume.configMap)] : []),
    ...(volume.secret
      ? [source('Secret', `${path}/secret`, { ...volume.secret, name: volume.secret.secretName })]
      : []),
    ...(volume.projected?.sources ?? []).flatMap(({ configMap, secret }, index) => {
      const at = `${path}/projected/sources/${index}`;
      return [
        ...(configMap ? [source('ConfigMap', `${at}/configMap`, configMap)] : []),
        ...(secret ? [source('Secret', `${at}/secret`, secret)] : []),
      ];
    }),
  ];
}

/**
 * The ConfigMap or Secret with a container's file; undefined if none is mounted there. A volume without a
 * list of items has any file, so the key may not exist.
 */
export function mountedFile(
  workload: Workload,
  container: Container,
  file: string,
): MountedFile | undefined | 'missing' {
  const mount = (container.volumeMounts ?? [])
    .filter(({ mountPath }) => file === mountPath || file.startsWith(`${mountPath.replace(/\/$/, '')}/`))
    .sort((one, other) => other.mountPath.length - one.mountPath.length)[0];
  const volume = workload.podSpec.volumes?.find(({ name }) => name === mount?.name);
  if (!mount || !volume) return undefined;
  const path = mount.subPath ?? file.slice(mount.mountPath.replace(/\/$/, '').length + 1);
  const sources = sourcesOf(volume, '');
  if (sources.length === 0) return undefined;
  for (const { kind, name, items } of sources) {
    const key = items ? items.find((item) => item.path === path)?.key : path;
    if (key !== undefined) return { source: { kind, name }, key };
  }
  return 'missing';
}
