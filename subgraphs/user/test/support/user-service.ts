import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceCredentials } from '@shop/kit/auth';
import { runMigrations } from '@shop/kit/database';
import { createLogger } from '@shop/kit/logger';
import { ensureServiceKeys, ensureSigningRing } from '@shop/local-stack/keys';
import { startEmbeddedPostgres, withClient } from '@shop/local-stack/postgres';
import type { UserSettings } from '../../src/config';
import { databaseOptions } from '../../src/data-source';
import { startUser } from '../../src/service';
import { operations, type Answer, type Call } from './operations';

/** A user subgraph that serves on a port of its own, with a migrated database of its own. */
export interface UserService {
  url: string;
  databaseUrl: string;
  signingKeysDir: string;
  /** Runs one operation over HTTP, as the gateway unless `caller` says otherwise. */
  execute(query: string, variables?: object, call?: Call): Promise<Answer>;
  operations: ReturnType<typeof operations>;
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startUserService(overrides: Partial<UserSettings> = {}): Promise<UserService> {
  const directory = mkdtempSync(join(tmpdir(), 'user-subgraph-'));
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    databases: ['users'],
    logFile: join(directory, 'postgres.log'),
    isDurable: false,
    removeAfterCrash: directory,
  });
  const keys = ensureServiceKeys(join(directory, 'services'), ['gateway', 'user', 'order']);
  const signingKeysDir = join(directory, 'ring');
  await ensureSigningRing(signingKeysDir);
  const settings: UserSettings = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    LOG_FORMAT: 'json',
    HOST: '127.0.0.1',
    PORT: 0,
    JWKS_URL: 'http://127.0.0.1:9/not-asked',
    JWT_ISSUER: 'supergraph-shop',
    JWT_AUDIENCE: 'supergraph-shop',
    SERVICE_KEY_FILE: keys.keyFileOf('user'),
    SERVICE_TRUST_FILE: keys.trustFile,
    DRAIN_TIMEOUT_MS: 10_000,
    DATABASE_URL: postgres.urlOf('users'),
    DATABASE_POOL_SIZE: 10,
    SIGNING_KEYS_DIR: signingKeysDir,
    BCRYPT_COST: 10,
    LOGIN_FAILURES_PER_ADDRESS: 10,
    ...overrides,
  };
  await runMigrations(databaseOptions(settings));
  const service = await startUser(settings, createLogger({ service: 'user', level: 'error' }));

  const execute = async (query: string, variables: object = {}, call: Call = {}): Promise<Answer> => {
    const caller = call.caller ?? 'gateway';
    const credentials = createServiceCredentials({ service: caller, keyFile: keys.keyFileOf(caller) });
    const answer = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-service-authorization': `Bearer ${credentials.for('user')}`,
        ...(call.accessToken ? { authorization: `Bearer ${call.accessToken}` } : {}),
        ...(call.address ? { 'x-client-address': call.address } : {}),
        ...(call.userAgent ? { 'x-client-user-agent': call.userAgent } : {}),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: answer.status, ...((await answer.json()) as Omit<Answer, 'status'>) };
  };

  return {
    url: service.url,
    databaseUrl: settings.DATABASE_URL,
    signingKeysDir,
    execute,
    operations: operations(execute),
    sql: (text, values = []) =>
      withClient(settings.DATABASE_URL, async (client) => (await client.query(text, values)).rows),
    async stop() {
      await service.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
