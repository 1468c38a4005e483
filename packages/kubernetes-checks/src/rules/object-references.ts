import type { Violation } from '../manifests/violation';
import { type KubernetesObject, nameOf, ofKind } from '../manifests/kubernetes-object';
import type { Manifests } from '../manifests/manifests';
import { findContent } from '../manifests/settings';
import type { Rule } from './rule';

interface Key {
  name: string;
  key: string;
}

/** The parts of an ObjectStore that name Secrets; src/schema/object-store.ts has its source. */
interface ObjectStore extends KubernetesObject {
  spec: { configuration: Readonly<Record<string, unknown>> };
}

/** What objects other than pods name exists: objects, and keys of Secrets and ConfigMaps. */
export const objectReferences: Rule = (manifests) => {
  const { objects } = manifests;
  return [
    ...ofKind(objects, 'StatefulSet').flatMap((set) => {
      const name = set.spec?.serviceName;
      return name ? mustExist(manifests, set, '/spec/serviceName', `Service/${name}`) : [];
    }),
    ...ofKind(objects, 'ScheduledBackup').flatMap((backup) =>
      mustExist(manifests, backup, '/spec/cluster', `Cluster/${backup.spec.cluster.name}`),
    ),
    ...ofKind(objects, 'Cluster').flatMap((cluster) => [
      ...(cluster.spec?.plugins ?? []).flatMap(({ parameters }, index) => {
        const store = parameters?.['barmanObjectName'];
        return store ? mustExist(manifests, cluster, `/spec/plugins/${index}`, `ObjectStore/${store}`) : [];
      }),
      ...(cluster.spec?.monitoring?.customQueriesConfigMap ?? []).flatMap((key, index) =>
        mustHaveKey(manifests, cluster, 'ConfigMap', `/spec/monitoring/customQueriesConfigMap/${index}`, key),
      ),
    ]),
    ...ofKind(objects, 'HTTPRoute').flatMap((route) =>
      (route.spec.parentRefs ?? []).flatMap(({ name, namespace = route.metadata.namespace }, index) =>
        namespace === route.metadata.namespace
          ? mustExist(manifests, route, `/spec/parentRefs/${index}`, `Gateway/${name}`)
          : [],
      ),
    ),
    ...objects.filter(isObjectStore).flatMap((store) =>
      Object.entries(store.spec.configuration).flatMap(([field, credentials]) =>
        Object.entries(field.endsWith('Credentials') ? (credentials as object) : {}).flatMap(
          ([name, value]: [string, unknown]) => {
            const path = `/spec/configuration/${field}/${name}`;
            return isKey(value) ? mustHaveKey(manifests, store, 'Secret', path, value) : [];
          },
        ),
      ),
    ),
  ];
};

const isObjectStore = (object: KubernetesObject): object is ObjectStore => object.kind === 'ObjectStore';

const isKey = (value: unknown): value is Key => typeof value === 'object' && value !== null && 'key' in value;

function mustExist(
  { objects }: Manifests,
  object: KubernetesObject,
  path: string,
  target: string,
): Violation[] {
  const exists = objects.some(
    (candidate) => nameOf(candidate) === target && candidate.metadata.namespace === object.metadata.namespace,
  );
  if (exists) return [];
  const message = `There is no ${target} in this namespace: add it, or correct the name`;
  return [{ rule: 'object-reference', object: nameOf(object), path, message }];
}

function mustHaveKey(
  { contents }: Manifests,
  object: KubernetesObject,
  kind: 'ConfigMap' | 'Secret',
  path: string,
  { name, key }: Key,
): Violation[] {
  const keys = findContent(contents, object.metadata, kind, name)?.keys;
  if (keys === 'any' || keys?.has(key)) return [];
  const message = `There is no ${kind} "${name}" with the key "${key}": add it, or correct the names`;
  return [
    { rule: kind === 'Secret' ? 'secret-key' : 'config-map-key', object: nameOf(object), path, message },
  ];
}
