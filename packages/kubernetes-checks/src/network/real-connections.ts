import type { Violation } from '../manifests/violation';
import { type ObjectOf, nameOf, ofKind } from '../manifests/kubernetes-object';
import type { Manifests } from '../manifests/manifests';
import { selects } from '../manifests/selector';
import {
  type PodSet,
  chartName,
  charts,
  findService,
  podSetsOf,
  podsOfService,
  postgresPort,
  targetPortOf,
} from '../manifests/services';
import { settingsOf } from '../manifests/settings';
import type { Workload } from '../manifests/workload';
import type { Connection, Endpoint } from './connection';

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'nats:': charts.nats.client,
  'postgres:': postgresPort,
  'postgresql:': postgresPort,
  'redis:': charts.valkey.client,
  'rediss:': charts.valkey.client,
};

/** The connections that pods open, and settings whose target does not exist. */
export interface RealConnections {
  connections: readonly Connection[];
  problems: readonly Violation[];
}

export function realConnections(manifests: Manifests): RealConnections {
  const pods = podSetsOf(manifests);
  const ofSettings = manifests.workloads.map((workload) => connectionsOfSettings(workload, manifests, pods));
  const connections = [
    ...ofSettings.flatMap(({ connections: found }) => found),
    ...connectionsOfRoutes(manifests, pods),
    ...connectionsOfMonitors(manifests, pods),
    ...ofKind(manifests.objects, 'Cluster').flatMap((cluster) => connectionsOfCluster(cluster, pods)),
    ...pods.flatMap(connectionsAmongPeers),
  ];
  return {
    connections: [...connections, ...nameLookups(connections)],
    problems: ofSettings.flatMap(({ problems }) => problems),
  };
}

const endpointOf = ({ object, namespace, labels }: PodSet): Endpoint => ({
  kind: 'pods',
  name: object,
  namespace,
  labels,
});

function connectionsOfSettings(
  workload: Workload,
  manifests: Manifests,
  pods: readonly PodSet[],
): { connections: Connection[]; problems: Violation[] } {
  const from: Endpoint = { kind: 'pods', ...workload, name: workload.object };
  const connections: Connection[] = [];
  const problems: Violation[] = [];
  for (const container of workload.podSpec.containers) {
    const settings = settingsOf(workload, container, manifests.contents);
    for (const [setting, value] of settings) {
      if (!/_(URL|ENDPOINT)$/.test(setting)) continue;
      for (const target of (value ?? '').split(',').filter(Boolean)) {
        const found = targetsOf(target, workload, manifests, pods);
        if (typeof found === 'string') {
          const message = `${setting} of container ${container.name} ${found}: correct the URL, or add the Service`;
          problems.push({ rule: 'connection-target', object: workload.object, path: workload.path, message });
        } else
          connections.push(
            ...found.map(({ to, port }) => ({ from, to, port, protocol: 'TCP' as const, reason: setting })),
          );
      }
    }
    if (settings.has('STRIPE_SECRET_KEY') && !settings.get('STRIPE_API_URL'))
      connections.push({ from, to: internet, port: 443, protocol: 'TCP', reason: 'STRIPE_SECRET_KEY' });
  }
  return { connections, problems };
}

const internet: Endpoint = { kind: 'address', name: 'internet' };

interface Target {
  to: Endpoint;
  port: number;
}

/** The pods that a URL addresses, or the reason why there are none. */
function targetsOf(
  url: string,
  { namespace }: Workload,
  { objects }: Manifests,
  pods: readonly PodSet[],
): Target[] | string {
  if (!URL.canParse(url)) return 'has no valid URL';
  const { hostname, port: explicitPort, protocol } = new URL(url);
  const port = Number(explicitPort) || defaultPorts[protocol];
  if (port === undefined) return `has a URL of unknown protocol (${protocol})`;
  const [name = '', namespaceOfHost = namespace, service] = hostname.split('.');
  if (service !== undefined && service !== 'svc') return [{ to: internet, port }];
  const rendered = findService(objects, namespaceOfHost, name);
  if (rendered) {
    const ports = rendered.spec?.ports ?? [];
    const servicePort = ports.find((candidate) => candidate.port === port);
    if (!servicePort) return `names port ${port}, which ${nameOf(rendered)} does not have`;
    return podsOfService(rendered, pods).map((podSet) => ({
      to: endpointOf(podSet),
      port: targetPortOf(servicePort, podSet) ?? port,
    }));
  }
  const [, cluster] = /^(.*)-(?:rw|ro|r)$/.exec(name) ?? [];
  const ofCluster = pods.filter(
    (podSet) => podSet.object === `Cluster/${cluster}` && podSet.namespace === namespaceOfHost,
  );
  if (ofCluster.length > 0)
    return ofCluster.map((podSet) => ({ to: endpointOf(podSet), port: postgresPort }));
  if (namespaceOfHost !== namespace)
    return [
      {
        to: { kind: 'other-namespace', name: hostname, namespace: namespaceOfHost, labels: undefined },
        port,
      },
    ];
  const ofChart = pods.find((podSet) => podSet.object === `chart ${name}` && podSet.namespace === namespace);
  return ofChart ? [{ to: endpointOf(ofChart), port }] : `names the host "${hostname}", which is no Service`;
}

/** From the proxy of a Gateway or Ingress. */
function connectionsOfRoutes({ objects }: Manifests, pods: readonly PodSet[]): Connection[] {
  const backends = [
    ...ofKind(objects, 'HTTPRoute').flatMap((route) =>
      (route.spec.rules ?? []).flatMap(({ backendRefs = [] }) =>
        backendRefs.map(({ name, port }) => ({ route, name, port })),
      ),
    ),
    ...ofKind(objects, 'Ingress').flatMap((route) =>
      (route.spec?.rules ?? []).flatMap(({ http }) =>
        (http?.paths ?? []).map(({ backend: { service } }) => ({
          route,
          name: service?.name ?? '',
          port: service?.port?.name ?? service?.port?.number,
        })),
      ),
    ),
  ];
  return [
    ...backends.flatMap(({ route, name, port }) =>
      connectionsToService(
        findService(objects, route.metadata.namespace, name),
        (servicePort) => servicePort.name === port || servicePort.port === port,
        pods,
        { from: otherNamespace('proxy'), reason: nameOf(route) },
      ),
    ),
    ...ofKind(objects, 'Service')
      .filter(({ spec }) => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer')
      .flatMap((service) =>
        connectionsToService(service, () => true, pods, { from: internet, reason: nameOf(service) }),
      ),
  ];
}

const otherNamespace = (name: string): Endpoint => ({
  kind: 'other-namespace',
  name,
  namespace: undefined,
  labels: undefined,
});

type ServicePort = NonNullable<NonNullable<ObjectOf<'Service'>['spec']>['ports']>[number];

function connectionsToService(
  service: ObjectOf<'Service'> | undefined,
  isMeant: (port: ServicePort) => boolean,
  pods: readonly PodSet[],
  rest: Pick<Connection, 'from' | 'reason'>,
): Connection[] {
  if (!service) return [];
  return (service.spec?.ports ?? []).filter(isMeant).flatMap((servicePort) =>
    podsOfService(service, pods).flatMap((podSet) => {
      const port = targetPortOf(servicePort, podSet);
      return port === undefined ? [] : [{ ...rest, to: endpointOf(podSet), port, protocol: 'TCP' as const }];
    }),
  );
}

function connectionsOfMonitors({ objects }: Manifests, pods: readonly PodSet[]): Connection[] {
  const from = otherNamespace('Prometheus');
  return [
    ...ofKind(objects, 'ServiceMonitor').flatMap((monitor) =>
      ofKind(objects, 'Service')
        .filter(
          ({ metadata }) =>
            metadata.namespace === monitor.metadata.namespace &&
            selects(monitor.spec.selector, metadata.labels ?? {}),
        )
        .flatMap((service) =>
          connectionsToService(
            service,
            ({ name }) => monitor.spec.endpoints.some(({ port }) => port === name),
            pods,
            { from, reason: nameOf(monitor) },
          ),
        ),
    ),
    ...ofKind(objects, 'PodMonitor').flatMap((monitor) =>
      pods
        .filter(
          ({ namespace, labels }) =>
            namespace === monitor.metadata.namespace && selects(monitor.spec.selector, labels),
        )
        .flatMap((podSet) =>
          podSet.ports
            .filter(({ name }) => monitor.spec.podMetricsEndpoints?.some(({ port }) => port === name))
            .map(({ port }) => ({
              from,
              to: endpointOf(podSet),
              port,
              protocol: 'TCP' as const,
              reason: nameOf(monitor),
            })),
        ),
    ),
  ];
}

/** By https://cloudnative-pg.io/documentation/current/networking and the documentation of the Barman plugin. */
function connectionsOfCluster(cluster: ObjectOf<'Cluster'>, pods: readonly PodSet[]): Connection[] {
  const self = pods.find(({ object }) => object === nameOf(cluster));
  if (!self) return [];
  const at = endpointOf(self);
  const operator = otherNamespace('CloudNativePG operator');
  const common = { protocol: 'TCP' as const, reason: nameOf(cluster) };
  const instances = cluster.spec?.instances ?? 1;
  return [
    { ...common, from: operator, to: at, port: 8000 },
    { ...common, from: operator, to: at, port: postgresPort, isOptional: true },
    { ...common, from: at, to: at, port: postgresPort, isOptional: instances === 1 },
    { ...common, from: at, to: at, port: 8000, isOptional: true },
    // The instance manager calls the Kubernetes API, and the sidecar of the plugin the object store.
    { ...common, from: at, to: internet, port: 443 },
    { ...common, from: at, to: internet, port: 6443, isOptional: true },
  ];
}

/** Between the pods of NATS or Valkey, and from Prometheus to their exporters. */
function connectionsAmongPeers(podSet: PodSet): Connection[] {
  const [, ports] = Object.entries(charts).find(([name]) => name === podSet.labels[chartName]) ?? [];
  if (!ports) return [];
  const at = endpointOf(podSet);
  const common = { to: at, protocol: 'TCP', isOptional: true } as const;
  return [
    { ...common, from: at, port: ports.peers, reason: 'replication' },
    { ...common, from: otherNamespace('Prometheus'), port: ports.metrics, reason: 'metrics' },
  ];
}

/** A pod that opens a connection by name queries the DNS server of the cluster. */
function nameLookups(connections: readonly Connection[]): Connection[] {
  const dns: Endpoint = {
    kind: 'other-namespace',
    name: 'DNS',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
  };
  const callers = new Map<string, { from: Endpoint; isOptional: boolean }>();
  for (const { from, isOptional = false } of connections) {
    if (from.kind !== 'pods') continue;
    const others = callers.get(from.name)?.isOptional ?? true;
    callers.set(from.name, { from, isOptional: isOptional && others });
  }
  return [...callers.values()].flatMap((caller) =>
    (['UDP', 'TCP'] as const).map((protocol) => ({ ...caller, to: dns, port: 53, protocol, reason: 'DNS' })),
  );
}
