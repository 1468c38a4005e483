import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServiceKeys, ensureSigningRing } from '@shop/local-stack/keys';
import { startEmbeddedPostgres } from '@shop/local-stack/postgres';
import { databaseNames, serviceNames, subgraphNames } from '@shop/local-stack/stack';
import { publishTestRun } from '../run';
import { startJwksServer } from './jwks-server';
import { onTeardown } from './teardown';

/**
 * Starts one PostgreSQL and creates one set of keys per jest run. Databases are migrated when the
 * first test needs one.
 */
export default async function globalSetup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-test-'));
  chmodSync(directory, 0o711);
  const keysDir = join(directory, 'keys');
  const signingKeysDir = join(keysDir, 'signing');
  ensureServiceKeys(join(keysDir, 'services'), serviceNames);
  const [postgres] = await Promise.all([
    startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      databases: Object.values(databaseNames),
      logFile: join(directory, 'logs', 'postgres.log'),
      isDurable: false,
      maxConnections: 500,
      removeAfterCrash: directory,
    }),
    ensureSigningRing(signingKeysDir),
  ]);
  const { server, url: jwksUrl } = await startJwksServer(signingKeysDir);
  onTeardown({ directory, postgres, jwks: server });
  publishTestRun({
    directory,
    superuserUrl: postgres.superuserUrl,
    templateUrls: Object.fromEntries(
      subgraphNames.map((name) => [name, postgres.urlOf(databaseNames[name])]),
    ),
    keysDir,
    jwksUrl,
  });
}
