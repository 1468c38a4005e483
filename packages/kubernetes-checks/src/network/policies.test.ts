import type { KubernetesObject } from '../manifests/kubernetes-object';
import { readManifests } from '../manifests/manifests';
import { podSetsOf } from '../manifests/services';
import type { Connection, Endpoint } from './connection';
import { PolicyEvaluator } from './policies';

const metadata = (name: string) => ({ name, namespace: 'shop' });
const podOf = (name: string): Extract<Endpoint, { kind: 'pods' }> => ({
  kind: 'pods',
  name: `Deployment/${name}`,
  namespace: 'shop',
  labels: { app: name },
});
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(name),
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ ports: [{ name: 'http', containerPort: 4000 }] }] },
    },
  },
});
/** A policy of pods `b` with ingress rules. */
const ingress = (...rules: object[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metadata('b'),
  spec: { podSelector: { matchLabels: { app: 'b' } }, policyTypes: ['Ingress'], ingress: rules },
});

const connection: Connection = {
  from: podOf('a'),
  to: podOf('b'),
  port: 4000,
  protocol: 'TCP',
  reason: 'URL',
};

function isAllowed(policy: object | undefined, change: Partial<Connection> = {}): boolean {
  const objects = [deployment('a'), deployment('b'), ...(policy ? [policy] : [])] as KubernetesObject[];
  const manifests = readManifests(objects);
  return new PolicyEvaluator(manifests, podSetsOf(manifests)).isAllowed(
    { ...connection, ...change },
    'Ingress',
  );
}

describe('PolicyEvaluator', () => {
  const fromA = { podSelector: { matchLabels: { app: 'a' } } };

  it('allows everything to pods that no policy selects, and nothing without a rule to those that one selects', () => {
    expect(isAllowed(undefined)).toBe(true);
    expect(isAllowed(ingress())).toBe(false);
    expect(isAllowed(ingress(), { to: podOf('c') })).toBe(true);
  });

  it('compares peers by label, in the same namespace only', () => {
    expect(isAllowed(ingress({ from: [fromA] }))).toBe(true);
    expect(isAllowed(ingress({ from: [fromA] }), { from: podOf('c') })).toBe(false);
    expect(isAllowed(ingress({ from: [fromA] }), { from: { ...podOf('a'), namespace: 'other' } })).toBe(
      false,
    );
  });

  it('allows pods of other namespaces by a selector of namespaces only', () => {
    const from: Endpoint = {
      kind: 'other-namespace',
      name: 'Prometheus',
      namespace: undefined,
      labels: undefined,
    };
    const named = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
    expect(isAllowed(ingress({ from: [named] }), { from })).toBe(true);
    expect(isAllowed(ingress({ from: [fromA] }), { from })).toBe(false);
  });

  it('allows addresses by ipBlock, or by a rule without peers', () => {
    const from: Endpoint = { kind: 'address', name: 'internet' };
    expect(isAllowed(ingress({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }), { from })).toBe(true);
    expect(isAllowed(ingress({ ports: [{ port: 4000 }] }), { from })).toBe(true);
    expect(isAllowed(ingress({ from: [fromA] }), { from })).toBe(false);
  });

  it('compares ports by number, range, name and protocol', () => {
    const withPort = (port: object) => ingress({ from: [fromA], ports: [port] });
    expect(isAllowed(withPort({ port: 4000 }))).toBe(true);
    expect(isAllowed(withPort({ port: 3999, endPort: 4001 }))).toBe(true);
    expect(isAllowed(withPort({ port: 'http' }))).toBe(true);
    expect(isAllowed(withPort({ port: 4001 }))).toBe(false);
    expect(isAllowed(withPort({ port: 'metrics' }))).toBe(false);
    expect(isAllowed(withPort({ port: 4000, protocol: 'UDP' }))).toBe(false);
  });
});
