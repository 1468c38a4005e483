import { type ObjectOf, ofKind } from '../manifests/kubernetes-object';
import type { Manifests } from '../manifests/manifests';
import { selects } from '../manifests/selector';
import type { PodSet } from '../manifests/services';
import type { Connection, Endpoint } from './connection';

export type Direction = 'Ingress' | 'Egress';

type Policy = ObjectOf<'NetworkPolicy'>;
type IngressRule = NonNullable<NonNullable<Policy['spec']>['ingress']>[number];
type Peer = NonNullable<IngressRule['from']>[number];
type Port = NonNullable<IngressRule['ports']>[number];

/** One peer and one port that a policy allows; undefined: any. */
export interface Permission {
  policy: Policy;
  direction: Direction;
  peer: Peer | undefined;
  port: Port | undefined;
  /** JSON pointer. */
  path: string;
}

export function permissionsOf(policy: Policy): Permission[] {
  const { ingress = [], egress = [] } = policy.spec ?? {};
  const list = (direction: Direction, rules: readonly { peers?: Peer[]; ports?: Port[] }[]): Permission[] =>
    rules.flatMap(({ peers, ports }, rule) =>
      orAny(peers).flatMap((peer, peerIndex) =>
        orAny(ports).map((port) => ({
          ...{ policy, direction, peer, port },
          path: pathOf(direction, rule, peer && peerIndex),
        })),
      ),
    );
  return [
    ...list(
      'Ingress',
      ingress.map(({ from, ports }) => ({ ...(from && { peers: from }), ...(ports && { ports }) })),
    ),
    ...list(
      'Egress',
      egress.map(({ to, ports }) => ({ ...(to && { peers: to }), ...(ports && { ports }) })),
    ),
  ];
}

/** A rule without a list allows any. */
const orAny = <Value>(list: readonly Value[] | undefined): readonly (Value | undefined)[] =>
  list && list.length > 0 ? list : [undefined];

function pathOf(direction: Direction, rule: number, peer: number | undefined): string {
  const [name, list] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
  return `/spec/${name}/${rule}${peer === undefined ? '' : `/${list}/${peer}`}`;
}

/** The semantics of https://kubernetes.io/docs/concepts/services-networking/network-policies */
export class PolicyEvaluator {
  readonly permissions: readonly Permission[];
  readonly #policies: readonly Policy[];

  constructor(
    private readonly manifests: Manifests,
    private readonly pods: readonly PodSet[],
  ) {
    this.#policies = ofKind(manifests.objects, 'NetworkPolicy');
    this.permissions = this.#policies.flatMap(permissionsOf);
  }

  /** Whether the policies of one side allow it; of pods that no policy selects, everything is allowed. */
  isAllowed(connection: Connection, direction: Direction): boolean {
    const self = direction === 'Ingress' ? connection.to : connection.from;
    if (self.kind !== 'pods') return true;
    const isSelected = this.#policies.some(
      (policy) => typesOf(policy).includes(direction) && isSubject(policy, self),
    );
    return (
      !isSelected ||
      this.permissions.some(
        (permission) => permission.direction === direction && this.permits(permission, connection),
      )
    );
  }

  permits(permission: Permission, connection: Connection): boolean {
    const [self, other] =
      permission.direction === 'Ingress'
        ? [connection.to, connection.from]
        : [connection.from, connection.to];
    return (
      self.kind === 'pods' &&
      isSubject(permission.policy, self) &&
      this.#isPeer(permission, other) &&
      this.#isPort(permission, connection)
    );
  }

  #isPeer({ peer, policy }: Permission, other: Endpoint): boolean {
    if (!peer) return true;
    const { ipBlock, namespaceSelector, podSelector } = peer;
    if (ipBlock) return other.kind === 'address';
    if (other.kind === 'address') return false;
    if (other.kind === 'other-namespace' && other.namespace === undefined)
      // Its labels depend on the cluster.
      return namespaceSelector !== undefined;
    const isNamespace = namespaceSelector
      ? selects(namespaceSelector, this.#labelsOfNamespace(other.namespace))
      : other.namespace === policy.metadata.namespace;
    return isNamespace && (!podSelector || !other.labels || selects(podSelector, other.labels));
  }

  #isPort({ port }: Permission, connection: Connection): boolean {
    if (!port) return true;
    if ((port.protocol ?? 'TCP') !== connection.protocol) return false;
    if (port.port === undefined) return true;
    if (typeof port.port === 'number')
      return connection.port >= port.port && connection.port <= (port.endPort ?? port.port);
    const named = this.pods.find(({ object }) => object === connection.to.name)?.ports ?? [];
    return named.some(({ name, port: number }) => name === port.port && number === connection.port);
  }

  #labelsOfNamespace(name: string | undefined): Readonly<Record<string, string>> {
    const namespace = ofKind(this.manifests.objects, 'Namespace').find(
      ({ metadata }) => metadata.name === name,
    );
    return { ...namespace?.metadata.labels, ...(name && { 'kubernetes.io/metadata.name': name }) };
  }
}

function isSubject(policy: Policy, { namespace, labels = {} }: Extract<Endpoint, { kind: 'pods' }>): boolean {
  return policy.metadata.namespace === namespace && selects(policy.spec?.podSelector ?? {}, labels);
}

function typesOf({ spec }: Policy): readonly string[] {
  return spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? ['Egress'] : [])];
}

/** Whether the permission is limited to one port, and to pods, named namespaces or addresses. */
export function isNarrow({ peer, port }: Permission, { from, to }: Connection): boolean {
  if (!port) return false;
  if (!peer) return from.kind === 'address' || to.kind === 'address';
  const { namespaceSelector } = peer;
  return !namespaceSelector || Object.keys(namespaceSelector.matchLabels ?? {}).length > 0;
}

/** Whether the policy denies every pod of its namespace what no other policy allows, in both directions. */
export function isDefaultDeny({ spec }: Policy): boolean {
  const selectsAll = Object.keys(spec?.podSelector ?? {}).length === 0;
  const types = spec?.policyTypes ?? [];
  const isEmpty = (spec?.ingress ?? []).length === 0 && (spec?.egress ?? []).length === 0;
  return selectsAll && isEmpty && types.includes('Ingress') && types.includes('Egress');
}
