import type { KubernetesObject } from '../manifests/kubernetes-object';
import { checkSchema } from './check-schema';

const service = (spec: object, labels = {}): KubernetesObject & { spec: object } => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'order', labels },
  spec,
});

describe('checkSchema', () => {
  it('accepts any key of a map, such as labels', async () => {
    const spec = { selector: { any: 'value' }, ports: [{ port: 80, targetPort: 'http' }] };
    expect(await checkSchema(service(spec, { 'app.kubernetes.io/name': 'order' }))).toEqual([]);
  });

  it('reports an unknown field at any depth, with its JSON pointer', async () => {
    const violations = await checkSchema(
      service({ ports: [{ port: 80 }, { port: 81, 'target/Port': 'http' }] }),
    );
    expect(violations).toMatchObject([
      { rule: 'unknown-field', object: 'Service/order', path: '/spec/ports/1/target~1Port' },
    ]);
  });

  it('reports values of another type, and missing fields', async () => {
    const violations = await checkSchema(service({ ports: [{ port: '80' }, {}] }));
    expect(violations.map(({ rule, path }) => [rule, path])).toEqual([
      ['schema', '/spec/ports/0/port'],
      ['schema', '/spec/ports/1'],
    ]);
  });

  it('accepts any content where the schema defines none', async () => {
    const secret = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterSecretStore',
      metadata: { name: 'shop' },
      spec: { provider: { fake: { data: [{ key: 'a', value: 'b' }] } } },
    };
    expect(await checkSchema(secret)).toEqual([]);
  });

  it('reports a server name in an ObjectStore, which the operator rejects', async () => {
    const store = {
      apiVersion: 'barmancloud.cnpg.io/v1',
      kind: 'ObjectStore',
      metadata: { name: 'backups' },
      spec: {
        configuration: { destinationPath: 's3://backups/', serverName: 'a' },
        retentionPolicy: '30days',
      },
    };
    const violations = await checkSchema(store);
    expect(violations.map(({ rule, path }) => [rule, path])).toEqual([
      ['schema', '/spec/configuration/serverName'],
      ['schema', '/spec/retentionPolicy'],
    ]);
  });
});
