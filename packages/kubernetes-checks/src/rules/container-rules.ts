import type { Violation } from '../manifests/violation';
import { nameOf, ofKind } from '../manifests/kubernetes-object';
import { type Container, type Workload, containersOf } from '../manifests/workload';
import type { Rule } from './rule';

type Defect = Pick<Violation, 'rule' | 'path' | 'message'>;

/** The defect of one container, if it has one. */
type ContainerRule = (container: Container, workload: Workload) => Defect | undefined;

/** Pinned by digest, or by a tag that is not moved. */
const pinnedImage = ({ image = '' }: Pick<Container, 'image'>): Defect | undefined => {
  const [, tag] = /:([^/:@]+)$/.exec(image) ?? [];
  const isPinned = /@sha256:[0-9a-f]{64}$/.test(image) || (tag !== undefined && tag !== 'latest');
  if (isPinned) return undefined;
  return {
    rule: 'image-pinned',
    path: '/image',
    message: `The image "${image}" changes without a change of the manifests: add a version tag or a digest`,
  };
};

const required = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'memory'],
] as const;

/** Without a limit of memory, one container can exhaust its node; a limit of CPU only slows it down. */
const resources = ({ resources: given }: Pick<Container, 'resources'>): Defect | undefined => {
  const missing = required.find(([list, resource]) => given?.[list]?.[resource] === undefined);
  return (
    missing && {
      rule: 'resources',
      path: `/resources/${missing.join('/')}`,
      message: `The container has no resources.${missing.join('.')}: set it`,
    }
  );
};

/** The restricted level of https://kubernetes.io/docs/concepts/security/pod-security-standards */
const privileged: ContainerRule = ({ securityContext }) =>
  securityContext?.privileged === true
    ? {
        rule: 'privileged',
        path: '/securityContext/privileged',
        message: 'The container controls its node: remove privileged',
      }
    : undefined;

const privilegeEscalation: ContainerRule = ({ securityContext }) =>
  securityContext?.allowPrivilegeEscalation === false
    ? undefined
    : {
        rule: 'privilege-escalation',
        path: '/securityContext/allowPrivilegeEscalation',
        message: 'A process can gain more privileges than its parent: set allowPrivilegeEscalation to false',
      };

const capabilities: ContainerRule = ({ securityContext }) => {
  const { drop = [], add = [] } = securityContext?.capabilities ?? {};
  const isRestricted = drop.includes('ALL') && add.every((name) => name === 'NET_BIND_SERVICE');
  if (isRestricted) return undefined;
  return {
    rule: 'capabilities',
    path: '/securityContext/capabilities',
    message: `The container has capabilities (drop: [${drop.join()}], add: [${add.join()}]): drop [ALL] and add none`,
  };
};

const nonRoot: ContainerRule = ({ securityContext }, { podSpec }) => {
  const isNonRoot = securityContext?.runAsNonRoot ?? podSpec.securityContext?.runAsNonRoot;
  const user = securityContext?.runAsUser ?? podSpec.securityContext?.runAsUser;
  if (isNonRoot === true && user !== 0) return undefined;
  return {
    rule: 'run-as-non-root',
    path: '/securityContext/runAsNonRoot',
    message: 'The container may run as root: set runAsNonRoot to true and runAsUser to another user than 0',
  };
};

const seccomp: ContainerRule = ({ securityContext }, { podSpec }) => {
  const type = (securityContext?.seccompProfile ?? podSpec.securityContext?.seccompProfile)?.type;
  if (type === 'RuntimeDefault' || type === 'Localhost') return undefined;
  return {
    rule: 'seccomp',
    path: '/securityContext/seccompProfile',
    message: `All system calls are allowed (seccompProfile: ${type ?? 'none'}): set type to RuntimeDefault`,
  };
};

const readOnlyRoot: ContainerRule = ({ securityContext }) =>
  securityContext?.readOnlyRootFilesystem === true
    ? undefined
    : {
        rule: 'read-only-root',
        path: '/securityContext/readOnlyRootFilesystem',
        message:
          'The root file system is writable: set readOnlyRootFilesystem, and mount an emptyDir where needed',
      };

const rules = [
  ...[pinnedImage, resources],
  ...[privileged, privilegeEscalation, capabilities, nonRoot, seccomp, readOnlyRoot],
];

export const containerRules: Rule = ({ workloads }) =>
  workloads.flatMap((workload) =>
    containersOf(workload).flatMap(({ container, path }) =>
      rules.flatMap((rule) => {
        const violation = rule(container, workload);
        if (!violation) return [];
        const message = `${violation.message} (container ${container.name})`;
        return [{ ...violation, object: workload.object, path: `${path}${violation.path}`, message }];
      }),
    ),
  );

/** The operator makes the pods of a Cluster, which are restricted by default. */
export const clusterRules: Rule = ({ objects }) =>
  ofKind(objects, 'Cluster').flatMap((cluster) => {
    const { imageName = '', resources: given = {} } = cluster.spec ?? {};
    const ofImage = pinnedImage({ image: imageName });
    return [ofImage && { ...ofImage, path: '/imageName' }, resources({ resources: given })].flatMap(
      (defect) => (defect ? { ...defect, object: nameOf(cluster), path: `/spec${defect.path}` } : []),
    );
  });
