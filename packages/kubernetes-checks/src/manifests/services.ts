import { type KubernetesObject, type Labels, type ObjectOf, ofKind } from './kubernetes-object';
import type { Manifests } from './manifests';
import { selects } from './selector';
import type { Workload } from './workload';

/** The pods of a workload, of a CloudNativePG Cluster or of a chart. */
export interface PodSet {
  object: string;
  namespace: string | undefined;
  labels: Labels;
  /** The ports that its containers declare. */
  ports: readonly { name: string | undefined; port: number; protocol: string }[];
}

export const postgresPort = 5432;

export function podSetsOf({ objects, workloads }: Manifests): PodSet[] {
  const rendered = [...workloads.map(podSetOf), ...ofKind(objects, 'Cluster').map(podSetOfCluster)];
  const namespaces = new Set(workloads.map(({ namespace }) => namespace));
  const ofCharts = [...namespaces].flatMap((namespace) =>
    Object.entries(charts).map(([name, ports]): PodSet => ({
      object: `chart ${name}`,
      namespace,
      labels: { [chartName]: name },
      ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, protocol: 'TCP' })),
    })),
  );
  return [
    ...rendered,
    ...ofCharts.filter(
      ({ labels }) => !rendered.some((pods) => selects({ matchLabels: labels }, pods.labels)),
    ),
  ];
}

/** Ports of the pods of charts, which overlays do not render. The release, its Service and its label have one name. */
export const charts = {
  nats: { client: 4222, peers: 6222, metrics: 7777 },
  valkey: { client: 6379, peers: 6379, metrics: 9121 },
} as const;
export const chartName = 'app.kubernetes.io/name';

const podSetOf = ({ object, namespace, labels, podSpec }: Workload): PodSet => ({
  object,
  namespace,
  labels,
  ports: podSpec.containers.flatMap(({ ports = [] }) =>
    ports.map(({ name, containerPort, protocol = 'TCP' }) => ({ name, port: containerPort, protocol })),
  ),
});

/** By https://cloudnative-pg.io/documentation/current/labels_annotations */
const podSetOfCluster = ({ metadata, spec }: ObjectOf<'Cluster'>): PodSet => ({
  object: `Cluster/${metadata.name}`,
  namespace: metadata.namespace,
  labels: {
    ...spec?.inheritedMetadata?.labels,
    'cnpg.io/cluster': metadata.name,
    'cnpg.io/podRole': 'instance',
    'app.kubernetes.io/managed-by': 'cloudnative-pg',
  },
  ports: [
    { name: 'postgresql', port: postgresPort, protocol: 'TCP' },
    { name: 'metrics', port: 9187, protocol: 'TCP' },
    { name: 'status', port: 8000, protocol: 'TCP' },
  ],
});

/** The pods that a Service sends connections to. */
export function podsOfService(service: ObjectOf<'Service'>, pods: readonly PodSet[]): PodSet[] {
  const selector = service.spec?.selector;
  if (!selector) return [];
  return pods.filter(
    ({ namespace, labels }) =>
      namespace === service.metadata.namespace && selects({ matchLabels: selector }, labels),
  );
}

type ServicePort = NonNullable<NonNullable<ObjectOf<'Service'>['spec']>['ports']>[number];

/** The port of the pod for a port of a Service; undefined: the pod has no port of this name. */
export function targetPortOf({ port, targetPort = port }: ServicePort, pods: PodSet): number | undefined {
  return typeof targetPort === 'number'
    ? targetPort
    : pods.ports.find(({ name }) => name === targetPort)?.port;
}

export function findService(
  objects: readonly KubernetesObject[],
  namespace: string | undefined,
  name: string,
): ObjectOf<'Service'> | undefined {
  return ofKind(objects, 'Service').find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
}
