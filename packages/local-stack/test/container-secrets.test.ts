import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceCredentials, createServiceCredentialVerifier, readKeyRing } from '@shop/kit/auth';
import { ensureContainerSecrets } from '@shop/local-stack/containers';
import { serviceNames, subgraphNames } from '@shop/local-stack/stack';
import { temporaryDirectory } from './temporary-directory';

const directory = temporaryDirectory();

/** The volumes of a new stack. */
function newVolumes(): string {
  const root = mkdtempSync(join(directory, 'volumes-'));
  const jobs = ['operator', 'postgres', 'nats', 'valkey', 'postgres-exporter', 'grafana'];
  for (const name of ['master', 'signing-keys', ...jobs]) mkdirSync(join(root, name));
  return root;
}

function readAll(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

describe('ensureContainerSecrets', () => {
  it('gives each service its own key, which the others trust', async () => {
    const root = newVolumes();
    await ensureContainerSecrets(root);
    const credentials = createServiceCredentials({
      service: 'gateway',
      keyFile: join(root, 'gateway', 'service-key.pem'),
    });
    const verifier = createServiceCredentialVerifier({
      service: 'order',
      trustFile: join(root, 'order', 'trust.json'),
    });

    expect(await verifier.callerOf(credentials.for('order'))).toBe('gateway');
    expect(readKeyRing(join(root, 'signing-keys')).jwks.keys).toHaveLength(2);
    for (const name of serviceNames) {
      const keys = Object.keys(readAll(join(root, name))).filter((file) => file.endsWith('.pem'));
      expect(keys).toEqual(['service-key.pem']);
    }
  });

  it('gives each role of PostgreSQL the password that its database URL has', async () => {
    const root = newVolumes();
    await ensureContainerSecrets(root);

    const urls = subgraphNames.map((name) => readFileSync(join(root, name, 'database-url'), 'utf8'));
    const roles = readAll(join(root, 'postgres', 'roles'));

    expect(new Set(Object.values(roles)).size).toBe(subgraphNames.length);
    for (const { username, password, pathname } of urls.map((url) => new URL(url))) {
      expect(roles[username]).toBe(password);
      expect(pathname).toBe(`/${username}`);
    }
  });

  it('gives the URL of Valkey to the services that use it', async () => {
    const root = newVolumes();
    await ensureContainerSecrets(root);
    const password = readFileSync(join(root, 'valkey', 'password'), 'utf8');

    const files = Object.entries(readAll(root)).filter(([file]) => file.endsWith('/redis-url'));

    const url = `redis://default:${password}@valkey:6379`;
    expect(Object.fromEntries(files)).toEqual({ 'gateway/redis-url': url, 'user/redis-url': url });
  });

  it('keeps every secret when it runs again, also for a reader that lost its files', async () => {
    const root = newVolumes();
    await ensureContainerSecrets(root);
    const before = readAll(root);
    rmSync(join(root, 'order', 'database-url'));

    await ensureContainerSecrets(root);

    expect(readAll(root)).toEqual(before);
  });

  it('makes files of a service readable by its user only', async () => {
    const root = newVolumes();
    await ensureContainerSecrets(root);

    const modes = ['order/service-key.pem', 'order/database-url', 'nats/nats.conf'].map(
      (file) => statSync(join(root, file)).mode & 0o777,
    );

    expect(modes).toEqual([0o400, 0o400, 0o400]);
  });
});
