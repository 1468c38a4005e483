import { describeWithProgram } from '@shop/testkit/optional-server';
import { checkManifests } from './check-manifests';
import { type RuleName, ruleNames } from './manifests/violation';
import { type KubernetesObject, nameOf } from './manifests/kubernetes-object';
import { checkSchema } from './schema/check-schema';
import { exampleObjects, kustomize, overlayNames, renderOverlays } from './render';

/** A mistake in an object of an overlay, and the only violations that it causes. */
interface Mistake {
  title: string;
  rule: RuleName;
  overlay?: string;
  object: string;
  /** JSON pointers, each with its new value; `undefined` removes it. */
  changes: Readonly<Record<string, unknown>>;
  /** Default: the changed object. */
  reportedOn?: string | readonly string[];
}

const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;

const mistakes: readonly Mistake[] = [
  {
    title: 'a misspelt field',
    rule: 'unknown-field',
    object: 'Deployment/order',
    changes: { [`${container}/readynessProbe`]: {} },
  },
  {
    title: 'a container without a limit of memory',
    rule: 'resources',
    object: 'Deployment/order',
    changes: { [`${container}/resources/limits/memory`]: undefined },
  },
  {
    title: 'a privileged container',
    rule: 'privileged',
    object: 'Deployment/order',
    changes: { [`${container}/securityContext/privileged`]: true },
  },
  {
    title: 'a pod without a seccomp profile',
    rule: 'seccomp',
    object: 'Deployment/order',
    changes: { [`${pod}/securityContext/seccompProfile`]: undefined },
  },
  {
    title: 'a Service that selects no pods',
    rule: 'selector',
    object: 'Service/order',
    changes: { '/spec/selector/app.kubernetes.io~1name': 'orders' },
  },
  {
    title: 'a Service with the name of a port that its pods do not have',
    rule: 'port-name',
    object: 'Service/order',
    changes: { '/spec/ports/0/targetPort': 'htpp' },
  },
  {
    title: 'a Secret without a key that a pod mounts',
    rule: 'secret-key',
    object: 'Secret/order-secrets',
    changes: { '/data/nats-url': undefined },
    reportedOn: 'Deployment/order',
  },
  {
    title: 'an autoscaler of a Deployment that does not exist',
    rule: 'autoscaler-target',
    object: 'HorizontalPodAutoscaler/order',
    changes: { '/spec/scaleTargetRef/name': 'orders' },
  },
  {
    title: 'a disruption budget that blocks the drain of a node',
    rule: 'disruption-budget',
    object: 'PodDisruptionBudget/order',
    changes: { '/spec/maxUnavailable': undefined, '/spec/minAvailable': 2 },
  },
  {
    title: 'a grace period that ends before the drain',
    rule: 'grace-period',
    object: 'Deployment/order',
    changes: { [`${pod}/terminationGracePeriodSeconds`]: 20 },
  },
  {
    title: 'a connection that no policy allows',
    rule: 'connection-denied',
    object: 'NetworkPolicy/order',
    changes: { '/spec/ingress': [] },
    reportedOn: 'Deployment/order',
  },
  {
    title: 'an image without a pinned tag',
    rule: 'image-pinned',
    object: 'Deployment/order',
    changes: { [`${container}/image`]: 'supergraph-shop:latest' },
  },
  ...of('schema', 'a port that is no number', { [`${container}/ports/0/containerPort`]: '4003' }),
  ...of('unknown-kind', 'a version of an API that does not exist', { '/apiVersion': 'apps/v2' }),
  ...of('privilege-escalation', 'a container that can gain privileges', {
    [`${container}/securityContext/allowPrivilegeEscalation`]: undefined,
  }),
  ...of('capabilities', 'a container with capabilities', {
    [`${container}/securityContext/capabilities/drop`]: [],
  }),
  ...of('run-as-non-root', 'a pod that runs as root', { [`${pod}/securityContext/runAsUser`]: 0 }),
  ...of('read-only-root', 'a writable root file system', {
    [`${container}/securityContext/readOnlyRootFilesystem`]: false,
  }),
  ...of('host-namespace', "a pod in its node's network", { [`${pod}/hostNetwork`]: true }),
  ...of('volume-type', 'a directory of the node', {
    [`${pod}/volumes/-`]: { name: 'node', hostPath: { path: '/var' } },
  }),
  ...of('service-account', 'an account that does not exist', { [`${pod}/serviceAccountName`]: 'orders' }),
  ...of('service-account-token', 'a mounted token', { [`${pod}/automountServiceAccountToken`]: undefined }),
  ...of('service-links', 'variables of Services', { [`${pod}/enableServiceLinks`]: undefined }),
  ...of('probes', 'a missing startup probe', { [`${container}/startupProbe`]: undefined }),
  ...of('probes', 'liveness that depends on a database', {
    [`${container}/livenessProbe/httpGet/path`]: '/readyz',
  }),
  ...of('rolling-update', 'an update that stops pods first', {
    '/spec/strategy/rollingUpdate/maxUnavailable': 1,
  }),
  ...of('topology-spread', 'pods that may be on one node', { [`${pod}/topologySpreadConstraints`]: [] }),
  ...of('topology-spread', 'a constraint for other pods', {
    [`${pod}/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~1name`]: 'orders',
  }),
  ...of('pre-stop', 'a missing preStop sleep', { [`${container}/lifecycle`]: undefined }),
  ...of('config-map-key', 'a ConfigMap that does not exist', {
    [`${container}/envFrom/1/configMapRef/name`]: 'orders',
  }),
  ...of('mounted-file', 'a setting with the path of no file', {
    [`${container}/env`]: [{ name: 'NATS_URL_FILE', value: '/run/secrets/nats' }],
  }),
  ...of('port-name', 'a probe of a port that does not exist', {
    [`${container}/readinessProbe/httpGet/port`]: 'htpp',
  }),
  ...of('selector', 'a Deployment that does not select its pods', {
    '/spec/selector/matchLabels/app.kubernetes.io~1name': 'orders',
  }),
  ...of('autoscaler-replicas', 'replicas beside an autoscaler', { '/spec/replicas': 3 }),
  ...of('connection-target', 'a URL of no Service', {
    [`${container}/env`]: [{ name: 'SEARCH_URL', value: 'http://search:4005/graphql' }],
  }),
  {
    title: 'policies for a connection that no setting needs',
    rule: 'connection-unneeded',
    object: 'Deployment/order',
    changes: { [`${container}/env`]: [{ name: 'PAYMENT_URL', value: '' }] },
    reportedOn: ['NetworkPolicy/order', 'Deployment/order'],
  },
  ...of('connection-denied', 'a URL of a Service that the pod may not call', {
    [`${container}/env`]: [{ name: 'GATEWAY_URL', value: 'http://gateway:8080/graphql' }],
  }),
  {
    title: 'an autoscaler of a resource without requests',
    rule: 'autoscaler-requests',
    object: 'HorizontalPodAutoscaler/order',
    changes: { '/spec/metrics/0/resource/name': 'ephemeral-storage' },
  },
  {
    title: 'an autoscaler without a range',
    rule: 'autoscaler-range',
    object: 'HorizontalPodAutoscaler/order',
    changes: { '/spec/maxReplicas': 2 },
  },
  {
    title: 'pods without a disruption budget',
    rule: 'disruption-budget',
    object: 'PodDisruptionBudget/order',
    changes: { '/spec/selector/matchLabels/app.kubernetes.io~1name': 'user' },
    reportedOn: 'Deployment/order',
  },
  {
    title: 'a namespace that admits privileged pods',
    rule: 'namespace-security',
    overlay: 'production',
    object: 'Namespace/shop',
    changes: { '/metadata/labels/pod-security.kubernetes.io~1enforce': 'privileged' },
  },
  {
    title: 'a policy that denies incoming connections only',
    rule: 'default-deny',
    object: 'NetworkPolicy/default-deny',
    changes: { '/spec/policyTypes': ['Ingress'] },
    reportedOn: 'Namespace/shop',
  },
  {
    title: 'a permission that no pod needs',
    rule: 'connection-unneeded',
    object: 'NetworkPolicy/product',
    changes: {
      '/spec/egress/-': {
        to: [{ podSelector: podsOf('order') }],
        ports: [{ port: 4003 }],
      },
    },
  },
  ...[
    { title: 'a permission for all ports', allowed: { from: [{ podSelector: podsOf('gateway') }] } },
    { title: 'a permission for all sources', allowed: { ports: [{ port: 4003 }] } },
    {
      title: 'a permission for all namespaces',
      allowed: { from: [{ namespaceSelector: {} }], ports: [{ port: 4003 }] },
    },
  ].map(({ title, allowed }): Mistake => ({
    title,
    rule: 'connection-unneeded',
    object: 'NetworkPolicy/order',
    changes: { '/spec/ingress/-': allowed },
  })),
  {
    title: 'an external Secret without a key that a pod mounts',
    rule: 'secret-key',
    overlay: 'production',
    object: 'ExternalSecret/order-secrets',
    changes: { '/spec/target/template/data/nats-url': undefined },
    reportedOn: 'Deployment/order',
  },
  {
    title: 'a backup without its credentials',
    rule: 'secret-key',
    overlay: 'production',
    object: 'ObjectStore/backups',
    changes: { '/spec/configuration/s3Credentials/accessKeyId/key': 'access-key' },
  },
  {
    title: 'a database of any version',
    rule: 'image-pinned',
    overlay: 'production',
    object: 'Cluster/order-database',
    changes: { '/spec/imageName': undefined },
  },
  {
    title: 'a database without a limit of memory',
    rule: 'resources',
    overlay: 'production',
    object: 'Cluster/order-database',
    changes: { '/spec/resources/limits/memory': undefined },
  },
  {
    title: 'a volume of a Secret that does not exist',
    rule: 'secret-key',
    object: 'StatefulSet/nats',
    changes: { [`${pod}/volumes/1/secret/secretName`]: 'broker-secrets' },
  },
  {
    title: 'a StatefulSet without its Service',
    rule: 'object-reference',
    object: 'StatefulSet/nats',
    changes: { '/spec/serviceName': 'broker' },
  },
  {
    title: 'a backup of no cluster',
    rule: 'object-reference',
    overlay: 'production',
    object: 'ScheduledBackup/order-database',
    changes: { '/spec/cluster/name': 'orders' },
  },
  {
    title: 'a route to no Service',
    rule: 'backend',
    overlay: 'production',
    object: 'HTTPRoute/public',
    changes: { '/spec/rules/0/backendRefs/0/name': 'gate' },
  },
  {
    title: 'a monitor of a port that Services do not have',
    rule: 'port-name',
    overlay: 'production',
    object: 'ServiceMonitor/services',
    changes: { '/spec/endpoints/0/port': 'prometheus' },
  },
  {
    title: 'a misspelt field of an object store',
    rule: 'unknown-field',
    overlay: 'production',
    object: 'ObjectStore/backups',
    changes: { '/spec/configuration/wal/compresion': 'gzip' },
  },
];

function podsOf(name: string): object {
  return { matchLabels: { 'app.kubernetes.io/name': name } };
}

/** A mistake in the Deployment of order. */
function of(rule: RuleName, title: string, changes: Mistake['changes']): Mistake[] {
  return [{ rule, title, object: 'Deployment/order', changes }];
}

describeWithProgram(kustomize, 'overlays', () => {
  let overlays: Map<string, readonly KubernetesObject[]>;
  beforeAll(async () => {
    overlays = await renderOverlays(await overlayNames());
  });

  it('have no violations', async () => {
    const violations = await Promise.all(
      [...overlays].map(async ([name, objects]) => [name, await checkManifests(objects)]),
    );
    expect(Object.fromEntries(violations)).toEqual(
      Object.fromEntries([...overlays.keys()].map((name) => [name, []])),
    );
  });

  it.each(mistakes)(
    'reports $title',
    async ({ rule, overlay = 'local', object, changes, reportedOn = object }) => {
      const objects = structuredClone(overlays.get(overlay) ?? []);
      const target = objects.find((candidate) => nameOf(candidate) === object);
      for (const [pointer, value] of Object.entries(changes)) setAt(target, pointer, value);
      const violations = await checkManifests(objects);
      expect(violations.map((violation) => ({ rule: violation.rule, object: violation.object }))).toEqual(
        [reportedOn].flat().map((name) => ({ rule, object: name })),
      );
    },
  );

  it('have examples without violations', async () => {
    const examples = await Promise.all([...overlays.keys()].map(exampleObjects));
    const violations = await Promise.all(examples.flat().map(checkSchema));
    expect(violations.flat()).toEqual([]);
    expect(examples.flat().map(nameOf)).toContain('SealedSecret/operator-secrets');
  });

  it('reports an unknown field of each kind', async () => {
    const objects = [...overlays.values()].flat().filter((object) => 'spec' in object);
    for (const object of structuredClone(objects)) {
      setAt(object, '/spec/replicsa', 1);
      expect(await checkSchema(object)).toMatchObject([{ rule: 'unknown-field', path: '/spec/replicsa' }]);
    }
  });

  it('has a mistake of every rule', () => {
    expect([...new Set(mistakes.map(({ rule }) => rule))].sort()).toEqual([...ruleNames].sort());
  });
});

/** @throws TypeError if the object has no such place */
function setAt(root: unknown, pointer: string, value: unknown): void {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() as string;
  const parent = keys.reduce(
    (at, key) => at[key] as Record<string, unknown>,
    root as Record<string, unknown>,
  );
  if (Array.isArray(parent) && last === '-') parent.push(value);
  else if (value === undefined) delete parent[last];
  else parent[last] = value;
}
