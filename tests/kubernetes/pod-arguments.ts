import { networkName, runLabel } from './engine';
import type { Container, Manifests, PodSpec } from './manifests';

/**
 * The arguments of `docker create` for a pod of one container: what the kubelet would tell its container
 * runtime.
 *
 * @param volumes the engine's volume by the volume's name
 * @param aliases names of headless Services
 */
export function podArguments(input: {
  name: string;
  podSpec: PodSpec;
  manifests: Manifests;
  volumes: ReadonlyMap<string, string>;
  aliases: readonly string[];
}): string[] {
  const { name, podSpec, manifests, volumes, aliases } = input;
  const [container] = podSpec.containers;
  const { runAsUser, runAsGroup, fsGroup } = podSpec.securityContext;
  const { readOnlyRootFilesystem, capabilities } = container.securityContext;
  const [entrypoint, ...commandArgs] = container.command ?? [];
  return [
    ...['--name', name, '--hostname', name, '--label', runLabel, '--network', networkName],
    ...aliases.flatMap((alias) => ['--network-alias', alias]),
    ...['--user', `${runAsUser}:${runAsGroup}`, '--group-add', String(fsGroup)],
    ...(readOnlyRootFilesystem ? ['--read-only'] : []),
    ...capabilities.drop.flatMap((capability) => ['--cap-drop', capability]),
    ...['--security-opt', 'no-new-privileges:true'],
    ...resourceArguments(container.resources),
    ...Object.entries(environmentOf(container, manifests)).flatMap(([key, value]) => [
      ...['--env', `${key}=${value}`],
    ]),
    ...container.volumeMounts.flatMap((mount) => mountArguments(mount, podSpec, volumes)),
    // The probes are those of the manifest.
    '--no-healthcheck',
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    ...[container.image, ...commandArgs, ...container.args],
  ];
}

function environmentOf(container: Container, manifests: Manifests): Record<string, string> {
  return Object.assign(
    {},
    ...container.envFrom.map(({ configMapRef }) => manifests.get('ConfigMap', configMapRef.name).data),
    ...container.env.map(({ name, value }) => ({ [name]: value })),
  ) as Record<string, string>;
}

/** As https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ applies them, without swap. */
function resourceArguments({ requests, limits }: Container['resources']): string[] {
  const memory = String(bytesOf(limits.memory));
  return [
    ...['--memory', memory, '--memory-swap', memory, '--cpus', String(processorsOf(limits.cpu))],
    ...['--cpu-shares', String(Math.max(2, Math.round(processorsOf(requests.cpu) * 1_024)))],
  ];
}

function mountArguments(
  { name, mountPath, readOnly }: Container['volumeMounts'][number],
  { volumes: declared }: PodSpec,
  volumes: ReadonlyMap<string, string>,
): string[] {
  const emptyDir = declared.find((volume) => volume.name === name)?.emptyDir;
  if (emptyDir) return ['--tmpfs', `${mountPath}:rw,exec,mode=1777,size=${bytesOf(emptyDir.sizeLimit)}`];
  const volume = volumes.get(name);
  if (volume === undefined) throw new Error(`The volume ${name} is mounted, and not declared`);
  // Without the files and the owner of the image's directory.
  const options = ['type=volume', `source=${volume}`, `target=${mountPath}`, 'volume-nocopy'];
  return ['--mount', [...options, ...(readOnly ? ['readonly'] : [])].join(',')];
}

function bytesOf(quantity: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (number === undefined) throw new Error(`The quantity ${quantity} is unknown: use Mi or Gi`);
  return Number(number) * (unit === 'Gi' ? 2 ** 30 : 2 ** 20);
}

/** `250m` is a quarter of a processor. */
function processorsOf(quantity: string): number {
  const processors = quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1_000 : Number(quantity);
  if (!(processors > 0)) throw new Error(`The quantity ${quantity} is unknown: use 1 or 250m`);
  return processors;
}
