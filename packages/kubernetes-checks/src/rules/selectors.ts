import type { Violation } from '../manifests/violation';
import { type KubernetesObject, type Labels, nameOf, ofKind } from '../manifests/kubernetes-object';
import { type LabelSelector, selects } from '../manifests/selector';
import { podSetsOf, podsOfService } from '../manifests/services';
import { containersOf } from '../manifests/workload';
import type { Rule } from './rule';

/** Selectors of all kinds select at least one object. */
export const selectors: Rule = (manifests) => {
  const { objects } = manifests;
  const pods = podSetsOf(manifests);
  const services = ofKind(objects, 'Service').map(({ metadata }) => ({
    namespace: metadata.namespace,
    labels: metadata.labels ?? {},
  }));
  return [
    ...[...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')].flatMap((object) =>
      mustSelect(object, '/spec/selector', object.spec?.selector, 'labels of its own pod template', [
        { namespace: object.metadata.namespace, labels: object.spec?.template.metadata?.labels ?? {} },
      ]),
    ),
    ...ofKind(objects, 'Service').flatMap((object) => {
      const selector = object.spec?.selector && { matchLabels: object.spec.selector };
      return selector ? mustSelect(object, '/spec/selector', selector, 'pods', pods) : [];
    }),
    ...ofKind(objects, 'PodDisruptionBudget').flatMap((object) =>
      mustSelect(object, '/spec/selector', object.spec?.selector, 'pods', pods),
    ),
    ...ofKind(objects, 'ServiceMonitor').flatMap((object) =>
      mustSelect(object, '/spec/selector', object.spec.selector, 'Services', services),
    ),
    ...ofKind(objects, 'PodMonitor').flatMap((object) =>
      mustSelect(object, '/spec/selector', object.spec.selector, 'pods', pods),
    ),
    ...spreadConstraints(manifests),
  ];
};

function mustSelect(
  object: KubernetesObject,
  path: string,
  selector: LabelSelector | undefined,
  what: string,
  candidates: readonly { namespace: string | undefined; labels: Labels }[],
): Violation[] {
  const { namespace } = object.metadata;
  const isMatched = candidates.some(
    (candidate) => candidate.namespace === namespace && selects(selector ?? {}, candidate.labels),
  );
  if (isMatched) return [];
  const message = `The selector ${JSON.stringify(selector ?? {})} matches no ${what}: correct it, or the labels`;
  return [{ rule: 'selector', object: nameOf(object), path, message }];
}

/** A constraint that does not select its own pods has no effect. */
const spreadConstraints: Rule = ({ workloads }) =>
  workloads.flatMap(({ object, labels, podSpec, path }) =>
    (podSpec.topologySpreadConstraints ?? []).flatMap(({ labelSelector }, index) => {
      if (labelSelector && selects(labelSelector, labels)) return [];
      const message = 'The constraint does not select the pods of its own template: correct labelSelector';
      const at = `${path}/topologySpreadConstraints/${index}/labelSelector`;
      return [{ rule: 'topology-spread', object, path: at, message }];
    }),
  );

/** Ports that are named exist. */
export const portNames: Rule = (manifests) => [
  ...servicePorts(manifests),
  ...probePorts(manifests),
  ...monitorPorts(manifests),
  ...backendPorts(manifests),
];

const servicePorts: Rule = (manifests) => {
  const pods = podSetsOf(manifests);
  return ofKind(manifests.objects, 'Service').flatMap((service) => {
    const selected = podsOfService(service, pods);
    return (service.spec?.ports ?? []).flatMap(({ port, targetPort = port }, index) => {
      const missing = selected.find(
        (podSet) =>
          !podSet.ports.some(({ name, port: number }) => targetPort === name || targetPort === number),
      );
      if (!missing) return [];
      const has = missing.ports.map(({ name, port: number }) => `${name ?? ''} (${number})`).join(', ');
      const message = `${missing.object} has no port "${targetPort}" (it has: ${has}): correct targetPort`;
      return [
        { rule: 'port-name', object: nameOf(service), path: `/spec/ports/${index}/targetPort`, message },
      ];
    });
  });
};

const probePorts: Rule = ({ workloads }) =>
  workloads.flatMap((workload) =>
    containersOf(workload).flatMap(({ container, path }) =>
      (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap((probe) => {
        const { httpGet, tcpSocket } = container[probe] ?? {};
        const port = (httpGet ?? tcpSocket)?.port;
        if (typeof port !== 'string' || container.ports?.some(({ name }) => name === port)) return [];
        const message = `The container ${container.name} has no port "${port}": correct the port of ${probe}`;
        return [{ rule: 'port-name', object: workload.object, path: `${path}/${probe}`, message }];
      }),
    ),
  );

const monitorPorts: Rule = ({ objects }) =>
  ofKind(objects, 'ServiceMonitor').flatMap((monitor) => {
    const selected = ofKind(objects, 'Service').filter(
      ({ metadata }) =>
        metadata.namespace === monitor.metadata.namespace &&
        selects(monitor.spec.selector, metadata.labels ?? {}),
    );
    return monitor.spec.endpoints.flatMap(({ port }, index) => {
      const without = selected.find(({ spec }) => !spec?.ports?.some(({ name }) => name === port));
      if (!without) return [];
      const message = `${nameOf(without)} has no port "${port ?? ''}": correct the port, or narrow the selector`;
      return [{ rule: 'port-name', object: nameOf(monitor), path: `/spec/endpoints/${index}/port`, message }];
    });
  });

/** Backends of routes and ingresses. */
const backendPorts: Rule = ({ objects }) => {
  const missing = (
    object: KubernetesObject,
    path: string,
    backend: { name: string; port: string | number | undefined },
  ): Violation[] => {
    const service = ofKind(objects, 'Service').find(
      ({ metadata }) => metadata.name === backend.name && metadata.namespace === object.metadata.namespace,
    );
    const isFound = service?.spec?.ports?.some(
      ({ name, port }) => backend.port === name || backend.port === port,
    );
    if (isFound) return [];
    const message = service
      ? `${nameOf(service)} has no port "${backend.port ?? ''}": correct it`
      : `There is no Service "${backend.name}": correct the name`;
    return [{ rule: service ? 'port-name' : 'backend', object: nameOf(object), path, message }];
  };
  return [
    ...ofKind(objects, 'HTTPRoute').flatMap((route) =>
      (route.spec.rules ?? []).flatMap(({ backendRefs = [] }, rule) =>
        backendRefs.flatMap(({ name, port }, index) =>
          missing(route, `/spec/rules/${rule}/backendRefs/${index}`, { name, port }),
        ),
      ),
    ),
    ...ofKind(objects, 'Ingress').flatMap((ingress) =>
      (ingress.spec?.rules ?? []).flatMap(({ http }, rule) =>
        (http?.paths ?? []).flatMap(({ backend: { service } }, index) =>
          service
            ? missing(ingress, `/spec/rules/${rule}/http/paths/${index}/backend`, {
                name: service.name,
                port: service.port?.name ?? service.port?.number,
              })
            : [],
        ),
      ),
    ),
  ];
};
