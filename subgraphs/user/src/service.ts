import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectEvents } from '@shop/events/service';
import { createTokenSigner } from '@shop/kit/auth';
import { pingDatabase } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import { type RunningService, runService, startSubgraph } from '@shop/kit/service';
import type { Telemetry } from '@shop/kit/telemetry';
import { allowedCommonPasswords, loadUserSettings, type UserSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { openThrottles } from './attempt-throttle/open-throttles';
import { createPasswordHasher } from './passwords/password-hasher';
import { resolvers } from './resolvers';
import { revokedSessionsRoute } from './sessions/revoked-sessions-route';
import { SessionRepository } from './sessions/session.repository';
import { watchSigningKeys } from './signing-keys/signing-keys';

/** Starts the user subgraph on a database that is migrated. */
export async function startUser(settings: UserSettings, logger: Logger): Promise<RunningService> {
  const dataSource = await connect(settings);
  const keys = watchSigningKeys({ directory: settings.SIGNING_KEYS_DIR, logger });
  const passwords = createPasswordHasher({ cost: settings.BCRYPT_COST });
  const throttles = openThrottles(
    {
      redisUrl: settings.REDIS_URL,
      failuresPerAddress: settings.LOGIN_FAILURES_PER_ADDRESS,
      registrationsPerAddress: settings.REGISTRATIONS_PER_ADDRESS,
    },
    logger,
  );
  const signer = createTokenSigner({
    currentKey: () => keys.currentKey(),
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
  });
  const sessions = new SessionRepository(dataSource);
  const findRevokedSessions = (seconds: number) => sessions.findRevokedIds(seconds);
  const events = connectEvents({ service: 'user', settings, dataSource, logger });
  events.start();
  return startSubgraph({
    name: 'user',
    environment: settings,
    publicKeys: keys.publicKeys,
    logger,
    typeDefs: readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'),
    resolvers,
    context: createContext({
      ...{ dataSource, passwords, throttles, signer, logger, outbox: events.outbox },
      successorSecrets: () => keys.successorSecrets(),
      refreshRepeatSeconds: settings.REFRESH_REPEAT_SECONDS,
      allowedCommonPasswords: allowedCommonPasswords(settings),
    }),
    checkReady: () => pingDatabase(dataSource),
    findRevokedSessions,
    routes: (app, authenticated) => {
      // For everybody: whoever verifies an access token needs the public keys first.
      app.get('/.well-known/jwks.json', (_request, reply) =>
        reply.header('cache-control', 'public, max-age=60').send(keys.jwks()),
      );
      app.get('/revoked-sessions', authenticated(revokedSessionsRoute(findRevokedSessions)));
    },
    finishWork: () => events.stop(),
    onStop: async () => {
      keys.close();
      throttles.close();
      await passwords.close();
      await dataSource.destroy();
    },
  });
}

/** The process's whole life. */
export function run(telemetry: Telemetry): Promise<void> {
  return runService({ name: 'user', telemetry, loadSettings: () => loadUserSettings(), start: startUser });
}
