import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyRing } from '@shop/kit/auth';
import { ensureServiceKeys, ensureSigningRing } from '@shop/local-stack/keys';
import { startEmbeddedPostgres } from '@shop/local-stack/postgres';
import { databaseNames, serviceNames, subgraphNames } from '@shop/local-stack/stack';
import { publishTestRun } from '../run';
import { onTeardown } from './global-teardown';

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

/** Serves the public signing keys like the user subgraph. */
async function startJwksServer(signingKeysDir: string): Promise<{ server: Server; url: string }> {
  const body = JSON.stringify(readKeyRing(signingKeysDir).jwks);
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json` };
}
