import { contentsOf } from './contents';
import type { KubernetesObject } from './kubernetes-object';

const objectOf = (kind: string, rest: object, metadata = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'order', namespace: 'shop', ...metadata },
  ...rest,
});

/** Names of contents with their keys. */
const keysOf = (...objects: KubernetesObject[]) =>
  contentsOf(objects).map(({ name, keys }) => [name, keys === 'any' ? keys : [...keys.keys()]]);

describe('contentsOf', () => {
  it('decodes the values of a Secret', () => {
    const [secret] = contentsOf([objectOf('Secret', { data: { url: 'bmF0czovL25hdHM=' } })]);
    expect(secret?.keys).toEqual(new Map([['url', 'nats://nats']]));
  });

  it('lists the fetched keys of an ExternalSecret, or those of its template', () => {
    const data = [{ secretKey: 'password' }];
    const template = { data: { url: 'nats://shop:{{ .password }}@nats' } };
    expect(keysOf(objectOf('ExternalSecret', { spec: { data } }))).toEqual([['order', ['password']]]);
    expect(keysOf(objectOf('ExternalSecret', { spec: { data, target: { template } } }))).toEqual([
      ['order', ['url']],
    ]);
    const merged = {
      spec: { data, target: { name: 'all', template: { ...template, mergePolicy: 'Merge' } } },
    };
    expect(keysOf(objectOf('ExternalSecret', merged))).toEqual([['all', ['password', 'url']]]);
  });

  it('knows the Secrets of a CloudNativePG Cluster, and their host', () => {
    const cluster = objectOf('Cluster', { spec: { bootstrap: { initdb: { database: 'orders' } } } });
    const [application] = contentsOf([cluster]);
    expect(keysOf(cluster).map(([name]) => name)).toEqual([
      'order-app',
      'order-ca',
      'order-server',
      'order-replication',
    ]);
    expect(application?.keys).toContainEqual(['uri', 'postgresql://orders:password@order-rw:5432/orders']);
  });

  it('reads the annotation for Secrets that commands make', () => {
    const annotations = { 'shop.example/other-secrets': 'keys; tokens: a, b' };
    const expected = [
      ['keys', 'any'],
      ['tokens', ['a', 'b']],
    ];
    expect(keysOf(objectOf('Deployment', {}, { annotations }))).toEqual(expected);
    const [ofNamespace] = contentsOf([
      objectOf('Namespace', {}, { annotations, name: 'shop', namespace: undefined }),
    ]);
    expect(ofNamespace?.namespace).toBe('shop');
  });
});
