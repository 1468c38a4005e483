import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureServiceKeys, ensureSigningRing } from '../keys';
import { newSecret, readOrCreate, replaceFile } from '../secret-file';
import { databaseNames, serviceNames, subgraphNames, type SubgraphName } from '../services';

/** The images of these readers run as other users than ours. No other container has their volume. */
const readersAsOtherUsers: ReadonlySet<string> = new Set(['postgres', 'postgres-exporter', 'grafana']);

/** Returns the secret of a name; the first call creates it. */
type Secret = (name: string) => string;

/**
 * Creates the secrets of a stack of containers that do not exist yet, and copies them to a folder
 * for each reader, so that each container mounts only its own files. The originals are in `master`,
 * which no other container mounts.
 *
 * @param root has the folders `master` and `signing-keys`, and one for each reader
 */
export async function ensureContainerSecrets(root: string): Promise<void> {
  const master = join(root, 'master');
  const secret: Secret = (name) => readOrCreate(join(master, name), newSecret);
  const keys = ensureServiceKeys(join(master, 'services'), serviceNames);
  await ensureSigningRing(join(root, 'signing-keys'));

  for (const name of serviceNames) {
    write(root, name, {
      'service-key.pem': readFileSync(keys.keyFileOf(name), 'utf8'),
      'trust.json': readFileSync(keys.trustFile, 'utf8'),
    });
  }
  for (const name of subgraphNames) {
    const url = databaseUrlOf(name, secret);
    write(root, name, { 'database-url': url, 'nats-url': `nats://shop:${secret('nats')}@nats:4222` });
    write(root, 'operator', { [`${name}-database-url`]: url });
    write(root, 'postgres', { [`roles/${databaseNames[name]}`]: secret(`role-${name}`) });
  }
  for (const name of ['user', 'gateway'])
    write(root, name, { 'redis-url': `redis://default:${secret('valkey')}@valkey:6379` });
  write(root, 'payment', { 'simulator-webhook-secret': secret('simulator-webhook') });
  write(root, 'operator', { 'admin-password': secret('admin') });
  write(root, 'postgres', {
    'superuser-password': secret('postgres-superuser'),
    'monitoring-password': secret('postgres-monitoring'),
  });
  write(root, 'nats', { 'nats.conf': natsConfiguration(secret('nats')) });
  write(root, 'valkey', {
    password: secret('valkey'),
    'valkey.conf': valkeyConfiguration(secret('valkey')),
  });
  write(root, 'postgres-exporter', { password: secret('postgres-monitoring') });
  write(root, 'grafana', { 'admin-password': secret('grafana') });
}

const databaseUrlOf = (name: SubgraphName, secret: Secret) =>
  `postgres://${databaseNames[name]}:${secret(`role-${name}`)}@postgres:5432/${databaseNames[name]}`;

function write(root: string, reader: string, files: Readonly<Record<string, string>>): void {
  const mode = readersAsOtherUsers.has(reader) ? 0o444 : 0o400;
  for (const [name, content] of Object.entries(files)) replaceFile(join(root, reader, name), content, mode);
}

function natsConfiguration(password: string): string {
  return `port: 4222
http: 127.0.0.1:8222
jetstream { store_dir: /data, max_memory_store: 64MB, max_file_store: 2GB }
authorization { user: shop, password: "${password}" }
`;
}

/** What it holds may be lost: nothing is written to disk. */
function valkeyConfiguration(password: string): string {
  return `bind * -::*
requirepass ${password}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy noeviction
`;
}
