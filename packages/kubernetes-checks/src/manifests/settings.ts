import type { Content } from './contents';
import { mountedFile } from './references';
import type { Container, Workload } from './workload';

/** Environment variables of a container; undefined: only the cluster knows the value. */
export type Settings = ReadonlyMap<string, string | undefined>;

/**
 * The settings of a container, as the processes of the shop read them: `X_FILE` names a file with the value
 * of X.
 */
export function settingsOf(workload: Workload, container: Container, contents: readonly Content[]): Settings {
  const environment = environmentOf(workload, container, contents);
  const ofFiles = [...environment].flatMap(([name, file]): [string, string | undefined][] => {
    const source = name.endsWith('_FILE') && file ? mountedFile(workload, container, file) : undefined;
    if (!source || source === 'missing') return [];
    const { kind, name: content } = source.source;
    return [[name.slice(0, -'_FILE'.length), valueOf(contents, workload, kind, content, source.key)]];
  });
  return new Map([...environment, ...ofFiles]);
}

function environmentOf(
  workload: Workload,
  { env = [], envFrom = [] }: Container,
  contents: readonly Content[],
): Map<string, string | undefined> {
  const settings = new Map<string, string | undefined>();
  for (const { configMapRef, secretRef, prefix = '' } of envFrom) {
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const keys = findContent(contents, workload, kind, (configMapRef ?? secretRef)?.name ?? '')?.keys;
    if (keys && keys !== 'any') for (const [key, value] of keys) settings.set(`${prefix}${key}`, value);
  }
  for (const { name, value, valueFrom } of env) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef)
      settings.set(name, valueOf(contents, workload, 'ConfigMap', configMapKeyRef.name, configMapKeyRef.key));
    else if (secretKeyRef)
      settings.set(name, valueOf(contents, workload, 'Secret', secretKeyRef.name, secretKeyRef.key));
    else settings.set(name, value);
  }
  return settings;
}

export function findContent(
  contents: readonly Content[],
  { namespace }: { namespace?: string | undefined },
  kind: Content['kind'],
  name: string,
): Content | undefined {
  return contents.find(
    (content) => content.kind === kind && content.name === name && content.namespace === namespace,
  );
}

function valueOf(
  contents: readonly Content[],
  workload: Workload,
  kind: Content['kind'],
  name: string | undefined,
  key: string,
): string | undefined {
  const keys = findContent(contents, workload, kind, name ?? '')?.keys;
  return keys && keys !== 'any' ? keys.get(key) : undefined;
}
