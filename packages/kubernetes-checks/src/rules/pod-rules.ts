import type { Violation } from '../manifests/violation';
import { ofKind } from '../manifests/kubernetes-object';
import type { Manifests } from '../manifests/manifests';
import type { Workload } from '../manifests/workload';
import type { Rule } from './rule';

type PodViolation = Omit<Violation, 'object'>;
type PodRule = (workload: Workload, manifests: Manifests) => PodViolation[];

const hostNamespaces: PodRule = ({ podSpec, path }) =>
  (['hostNetwork', 'hostPID', 'hostIPC'] as const)
    .filter((name) => podSpec[name] === true)
    .map((name): PodViolation => ({
      rule: 'host-namespace',
      path: `${path}/${name}`,
      message: `The pod shares a namespace with its node: remove ${name}`,
    }));

/** The types of the restricted level of the pod security standards. */
const allowedVolumes = new Set([
  ...[
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ],
  'name',
]);

const volumeTypes: PodRule = ({ podSpec, path }) =>
  (podSpec.volumes ?? []).flatMap((volume, index) =>
    Object.keys(volume)
      .filter((type) => !allowedVolumes.has(type))
      .map((type): PodViolation => ({
        rule: 'volume-type',
        path: `${path}/volumes/${index}/${type}`,
        message: `The restricted pod security level forbids volumes of type ${type}: use a claim or an emptyDir`,
      })),
  );

/** No process of the shop calls the Kubernetes API. */
const serviceAccountToken: PodRule = ({ podSpec, path }) =>
  podSpec.automountServiceAccountToken === false
    ? []
    : [
        {
          rule: 'service-account-token',
          path: `${path}/automountServiceAccountToken`,
          message: 'The pod gets a token of the Kubernetes API: set automountServiceAccountToken to false',
        },
      ];

const serviceAccount: PodRule = ({ podSpec, namespace, path }, { objects }) => {
  const name = podSpec.serviceAccountName ?? 'default';
  const exists = ofKind(objects, 'ServiceAccount').some(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  if (exists || name === 'default') return [];
  return [
    {
      rule: 'service-account',
      path: `${path}/serviceAccountName`,
      message: `The ServiceAccount "${name}" does not exist: add it, or correct the name`,
    },
  ];
};

/** `PORT`-like variables of a Service (`USER_PORT=tcp://…`) would replace settings of the processes. */
const serviceLinks: PodRule = ({ podSpec, path }) =>
  podSpec.enableServiceLinks === false
    ? []
    : [
        {
          rule: 'service-links',
          path: `${path}/enableServiceLinks`,
          message:
            'Variables such as USER_PORT=tcp://… are added to the environment: set enableServiceLinks to false',
        },
      ];

const probes: PodRule = ({ podSpec, path, isLongRunning }) =>
  (isLongRunning ? podSpec.containers : []).flatMap((container, index) => {
    const at = `${path}/containers/${index}`;
    const missing = (['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      .filter((name) => !container[name])
      .map((name): PodViolation => ({
        rule: 'probes',
        path: `${at}/${name}`,
        message: `The container ${container.name} has no ${name}: add it`,
      }));
    const { readinessProbe, livenessProbe } = container;
    const readyPath = readinessProbe?.httpGet?.path;
    if (readyPath === undefined || readyPath !== livenessProbe?.httpGet?.path) return missing;
    const message = `readinessProbe and livenessProbe both use ${readyPath}, so an unavailable dependency restarts the pod: use another path for liveness`;
    return [...missing, { rule: 'probes', path: `${at}/livenessProbe/httpGet/path`, message }];
  });

const rules = [hostNamespaces, volumeTypes, serviceAccountToken, serviceAccount, serviceLinks, probes];

const podViolations: Rule = (manifests) =>
  manifests.workloads.flatMap((workload) =>
    rules.flatMap((rule) =>
      rule(workload, manifests).map((violation) => ({ ...violation, object: workload.object })),
    ),
  );

const enforce = 'pod-security.kubernetes.io/enforce';

/** Admission also checks pods that are not in the manifests. */
const namespaceLevel: Rule = ({ objects, workloads }) =>
  [...new Set(workloads.map(({ namespace }) => namespace))].flatMap((name): Violation[] => {
    const namespace = ofKind(objects, 'Namespace').find(({ metadata }) => metadata.name === name);
    if (namespace?.metadata.labels?.[enforce] === 'restricted') return [];
    const message = `The namespace of the pods lacks the label "${enforce}: restricted": add it`;
    return [
      {
        rule: 'namespace-security',
        object: `Namespace/${name ?? 'default'}`,
        path: '/metadata/labels',
        message,
      },
    ];
  });

export const podRules: Rule = (manifests) => [...podViolations(manifests), ...namespaceLevel(manifests)];
