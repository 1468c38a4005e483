import { createServiceLogger } from '@shop/kit/service';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential, serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadUserSettings } from '../../src/config';
import { startUser } from '../../src/service';
import { type GraphqlResponse, type Call, operations } from './operations';

/** A user subgraph in this process, on a port and a database of its own. */
export interface UserService {
  url: string;
  databaseUrl: string;
  /** Runs one operation over HTTP, as the gateway unless `caller` says otherwise. */
  execute(query: string, variables?: object, call?: Call): Promise<GraphqlResponse>;
  operations: ReturnType<typeof operations>;
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/**
 * @param environment settings that differ from the test run's
 * @param beside a service whose database this one shares, as a second process: stop it first
 */
export async function startUserService(
  environment: Record<string, string> = {},
  { beside }: { beside?: UserService } = {},
): Promise<UserService> {
  const database = beside ? databaseOf(beside) : await cloneDatabase('user');
  const settings = loadUserSettings({ ...serviceEnvironmentFor('user', database.url), ...environment });
  const service = await startUser(settings, createServiceLogger('user', settings));
  const execute = executeAt(service.url);
  return {
    url: service.url,
    databaseUrl: database.url,
    execute,
    operations: operations(execute),
    sql: (text, values = []) =>
      withClient(database.url, async (client) => (await client.query(text, values)).rows),
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}

function databaseOf({ databaseUrl }: UserService): TestDatabase {
  return { url: databaseUrl, drop: () => Promise.resolve() };
}

/** Repeats what is rejected because too many passwords are being hashed, as a client does: tests share few processors. */
function executeAt(url: string): UserService['execute'] {
  return (query, variables = {}, { caller = 'gateway', accessToken, address, userAgent } = {}) =>
    eventually(
      async () => {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-service-authorization': `Bearer ${serviceCredential(caller, 'user')}`,
            ...(accessToken && { authorization: `Bearer ${accessToken}` }),
            ...(address && { 'x-client-address': address }),
            ...(userAgent && { 'x-client-user-agent': userAgent }),
          },
          body: JSON.stringify({ query, variables }),
        });
        const body = (await response.json()) as Omit<GraphqlResponse, 'status'>;
        if (body.errors?.[0]?.extensions.code === 'UPSTREAM_UNAVAILABLE')
          throw new Error(body.errors[0].message);
        return { status: response.status, ...body };
      },
      { timeoutMs: 60_000, intervalMs: 250 },
    );
}
