import { docker, runLabel } from './engine';
import type { Manifests, PodSpec, Volume } from './manifests';

interface VolumeFile {
  path: string;
  mode: number;
  base64: string;
}

/** The files of a volume of Secrets or a ConfigMap, or undefined for other volumes. */
function filesOf(volume: Volume, manifests: Manifests): VolumeFile[] | undefined {
  const { secret, configMap, projected } = volume;
  if (secret) return secretFiles(manifests, secret.secretName, secret);
  if (projected)
    return projected.sources.flatMap(({ secret: source }) =>
      secretFiles(manifests, source.name, { ...source, defaultMode: projected.defaultMode }),
    );
  if (!configMap) return undefined;
  const { data } = manifests.get('ConfigMap', configMap.name);
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return select(`ConfigMap/${configMap.name}`, Object.fromEntries(encoded), configMap);
}

interface Selection {
  items?: { key: string; path: string }[] | undefined;
  defaultMode: number;
}

const secretFiles = (manifests: Manifests, name: string, selection: Selection): VolumeFile[] =>
  select(`Secret/${name}`, manifests.get('Secret', name).data, selection);

function select(
  object: string,
  data: Readonly<Record<string, string>>,
  { items, defaultMode }: Selection,
): VolumeFile[] {
  const selected = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return selected.map(({ key, path }) => {
    const base64 = data[key];
    if (base64 === undefined) throw new Error(`${object} has no key ${key}, which a volume mounts`);
    return { path, mode: defaultMode, base64 };
  });
}

/** Writes files as the kubelet does: owned by root, readable for fsGroup if their mode allows the group. */
const fillVolumes = `
  const fs = require('node:fs'), path = require('node:path');
  for (const { name, files, group, isWritable } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const root = path.join('/volumes', name);
    fs.chmodSync(root, isWritable ? 0o2775 : 0o755);
    fs.chownSync(root, 0, group);
    for (const file of files) {
      const target = path.join(root, file.path);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, Buffer.from(file.base64, 'base64'));
      fs.chownSync(target, 0, group);
      fs.chmodSync(target, file.mode);
    }
  }`;

/**
 * Makes the volumes of a workload that are not emptyDirs. All its pods mount them.
 *
 * @param claims names of the volumes that a StatefulSet claims
 * @param image has Node
 * @returns the engine's volume by the volume's name
 */
export async function createVolumes(input: {
  workload: string;
  podSpec: PodSpec;
  claims: readonly string[];
  manifests: Manifests;
  image: string;
}): Promise<Map<string, string>> {
  const { workload, podSpec, claims, manifests, image } = input;
  const contents = [
    ...podSpec.volumes.flatMap((volume) => {
      const files = filesOf(volume, manifests);
      return files ? [{ name: volume.name, files, isWritable: false }] : [];
    }),
    ...claims.map((name) => ({ name, files: [], isWritable: true })),
  ];
  const names = new Map(contents.map(({ name }) => [name, `shop-kubernetes-run-${workload}-${name}`]));
  for (const volume of names.values()) await docker(['volume', 'create', '--label', runLabel, volume]);
  const mounts = [...names].flatMap(([name, volume]) => ['--volume', `${volume}:/volumes/${name}`]);
  const group = podSpec.securityContext.fsGroup;
  await docker(
    [
      ...['run', '--rm', '--interactive', '--label', runLabel, '--user', '0', '--network', 'none', ...mounts],
      ...['--entrypoint', 'node', image, '-e', fillVolumes],
    ],
    JSON.stringify(contents.map((it) => ({ ...it, group }))),
  );
  return names;
}
