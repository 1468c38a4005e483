import type { Violation } from '../manifests/violation';
import { nameOf, ofKind } from '../manifests/kubernetes-object';
import type { Manifests } from '../manifests/manifests';
import { podSetsOf } from '../manifests/services';
import { type Connection, type Endpoint, describeConnection } from '../network/connection';
import { type Direction, PolicyEvaluator, isDefaultDeny, isNarrow } from '../network/policies';
import { realConnections } from '../network/real-connections';
import type { Rule } from './rule';

/** Policies allow the connections that pods need, and no others. */
export const networkPolicies: Rule = (manifests) => {
  const pods = podSetsOf(manifests);
  const evaluator = new PolicyEvaluator(manifests, pods);
  const { connections, problems } = realConnections(manifests);
  return [
    ...problems,
    ...withoutDefaultDeny(manifests),
    ...deniedConnections(connections, evaluator),
    ...unusedPermissions(connections, evaluator),
    ...unneededPairs(manifests, connections, evaluator),
  ];
};

function withoutDefaultDeny({ objects, workloads }: Manifests): Violation[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))].flatMap((namespace) => {
    const hasIt = ofKind(objects, 'NetworkPolicy').some(
      (policy) => policy.metadata.namespace === namespace && isDefaultDeny(policy),
    );
    if (hasIt) return [];
    const message =
      'Pods that no policy selects accept and open all connections: add a NetworkPolicy with podSelector {}, policyTypes [Ingress, Egress] and no rules';
    return [{ rule: 'default-deny', object: `Namespace/${namespace ?? 'default'}`, path: '', message }];
  });
}

function deniedConnections(connections: readonly Connection[], evaluator: PolicyEvaluator): Violation[] {
  const denied = connections
    .filter(({ isOptional }) => !isOptional)
    .flatMap((connection) => {
      const directions = (['Egress', 'Ingress'] as const).filter(
        (direction) => !evaluator.isAllowed(connection, direction),
      );
      return directions.length > 0 ? [{ connection, directions }] : [];
    });
  const violations = denied.map(({ connection, directions }): Violation => {
    const self = directions.includes('Egress') ? connection.from : connection.to;
    return {
      rule: 'connection-denied',
      object: self.name,
      path: '',
      message: `No policy allows ${describeConnection(connection)}: add ${directions.map(remedyOf(connection)).join(', and ')}`,
    };
  });
  return [...new Map(violations.map((violation) => [violation.message, violation])).values()];
}

const remedyOf = (connection: Connection) => (direction: Direction) =>
  direction === 'Egress'
    ? `an egress rule to ${connection.from.name}`
    : `an ingress rule to ${connection.to.name}`;

function unusedPermissions(connections: readonly Connection[], evaluator: PolicyEvaluator): Violation[] {
  return evaluator.permissions.flatMap((permission) => {
    const isNeeded = connections.some(
      (connection) => evaluator.permits(permission, connection) && isNarrow(permission, connection),
    );
    if (isNeeded) return [];
    const { policy, direction, port, path } = permission;
    const what = port ? `${port.protocol ?? 'TCP'} ${port.port ?? 'of any port'}` : 'any port';
    const message = `No connection needs this ${direction.toLowerCase()} permission (${what}), or it allows more: remove it, or narrow it to the needed port and the needed pods, namespace or addresses`;
    return [{ rule: 'connection-unneeded', object: nameOf(policy), path, message }];
  });
}

/** A permission that one connection needs may allow others, too. */
function unneededPairs(
  manifests: Manifests,
  connections: readonly Connection[],
  evaluator: PolicyEvaluator,
): Violation[] {
  const pods = podSetsOf(manifests);
  const endpoints = pods.map(({ object, namespace, labels }): Endpoint => ({
    kind: 'pods',
    name: object,
    namespace,
    labels,
  }));
  return endpoints.flatMap((from) =>
    pods.flatMap(({ object, namespace, labels, ports }) =>
      ports.flatMap(({ port, protocol }): Violation[] => {
        const to: Endpoint = { kind: 'pods', name: object, namespace, labels };
        const candidate: Connection = {
          ...{ from, to, port, protocol: protocol === 'UDP' ? 'UDP' : 'TCP' },
          reason: 'no setting',
        };
        const isReal = connections.some(
          (connection) =>
            connection.from.name === from.name && connection.to.name === object && connection.port === port,
        );
        const isAllowed = (['Egress', 'Ingress'] as const).every((side) =>
          evaluator.isAllowed(candidate, side),
        );
        if (isReal || !isAllowed) return [];
        const message = `Policies allow ${describeConnection(candidate)}, which no pod needs: narrow them`;
        return [{ rule: 'connection-unneeded', object: from.name, path: '', message }];
      }),
    ),
  );
}
