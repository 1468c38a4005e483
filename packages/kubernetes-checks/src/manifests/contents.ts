import { type KubernetesObject, ofKind } from './kubernetes-object';

/** The keys of a ConfigMap or Secret. */
export interface Content {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  namespace: string | undefined;
  /** Values are undefined if only the cluster knows them. `any`: the keys are unknown, too. */
  keys: ReadonlyMap<string, string | undefined> | 'any';
}

/**
 * Annotation of any object with the Secrets that a Job or a documented command makes:
 * `<secret>: <key>, <key>; <secret>`. A Secret without listed keys has any key.
 */
const otherSecrets = 'shop.example/other-secrets';

/** The ConfigMaps and Secrets of a cluster after the objects are applied. */
export function contentsOf(objects: readonly KubernetesObject[]): Content[] {
  return [
    ...ofKind(objects, 'ConfigMap').map(({ metadata, data, binaryData }) =>
      content('ConfigMap', metadata, { ...withoutValues(Object.keys(binaryData ?? {})), ...data }),
    ),
    ...ofKind(objects, 'Secret').map(({ metadata, data, stringData }) =>
      content('Secret', metadata, { ...decoded(data ?? {}), ...stringData }),
    ),
    ...ofKind(objects, 'ExternalSecret').map(externalContent),
    ...ofKind(objects, 'SealedSecret').map(({ metadata, spec }) =>
      content(
        'Secret',
        { ...metadata, name: spec?.template?.metadata?.name ?? metadata.name },
        withoutValues(Object.keys(spec?.encryptedData ?? {})),
      ),
    ),
    ...ofKind(objects, 'Certificate').map(({ metadata, spec }) =>
      content(
        'Secret',
        { ...metadata, name: spec?.secretName ?? metadata.name },
        withoutValues(['tls.crt', 'tls.key', 'ca.crt']),
      ),
    ),
    ...ofKind(objects, 'Cluster').flatMap(clusterContents),
    ...objects.flatMap(({ kind, metadata }) =>
      (metadata.annotations?.[otherSecrets]?.split(';') ?? []).map((entry): Content => {
        const [name = '', list] = entry.split(':').map((part) => part.trim());
        const listed = list?.split(',').map((key) => key.trim());
        const namespace = kind === 'Namespace' ? metadata.name : metadata.namespace;
        const keys: Content['keys'] = listed ? new Map(Object.entries(withoutValues(listed))) : 'any';
        return { kind: 'Secret', name, namespace, keys };
      }),
    ),
  ];
}

type Metadata = KubernetesObject['metadata'];

const content = (
  kind: Content['kind'],
  { name, namespace }: Metadata,
  keys: Readonly<Record<string, string | undefined>>,
): Content => ({ kind, name, namespace, keys: new Map(Object.entries(keys)) });

const withoutValues = (keys: readonly string[]): Record<string, undefined> =>
  Object.fromEntries(keys.map((key) => [key, undefined]));

const decoded = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

/** By https://external-secrets.io/latest/guides/templating: a template replaces the keys, unless it is merged. */
function externalContent({ metadata, spec }: ReturnType<typeof ofKind<'ExternalSecret'>>[number]): Content {
  const { name = metadata.name, template } = spec?.target ?? {};
  const target = { ...metadata, name };
  const fetched = withoutValues((spec?.data ?? []).map(({ secretKey }) => secretKey));
  const isReplaced = template?.data !== undefined && template.mergePolicy !== 'Merge';
  const isOpen = template?.templateFrom !== undefined || (spec?.dataFrom !== undefined && !isReplaced);
  if (isOpen) return { ...content('Secret', target, {}), keys: 'any' };
  return content('Secret', target, { ...(isReplaced ? {} : fetched), ...template?.data });
}

/** By https://cloudnative-pg.io/documentation/current/applications/#secrets */
function clusterContents({ metadata, spec }: ReturnType<typeof ofKind<'Cluster'>>[number]): Content[] {
  const { name } = metadata;
  const { database = 'app', owner = database, secret } = spec?.bootstrap?.initdb ?? {};
  const host = `${name}-rw`;
  const uri = `postgresql://${owner}:password@${host}:5432/${database}`;
  const fixed = { username: owner, user: owner, dbname: database, host, port: '5432' };
  const application = {
    ...fixed,
    ...withoutValues(['password', 'pgpass', 'jdbc-uri', 'fqdn-uri', 'fqdn-jdbc-uri']),
    uri,
  };
  return [
    // If the Cluster names a Secret, the operator makes none.
    ...(secret ? [] : [content('Secret', { ...metadata, name: `${name}-app` }, application)]),
    content('Secret', { ...metadata, name: `${name}-ca` }, withoutValues(['ca.crt', 'ca.key'])),
    content('Secret', { ...metadata, name: `${name}-server` }, withoutValues(['tls.crt', 'tls.key'])),
    content('Secret', { ...metadata, name: `${name}-replication` }, withoutValues(['tls.crt', 'tls.key'])),
  ];
}
