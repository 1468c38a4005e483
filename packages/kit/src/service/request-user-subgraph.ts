import { createServiceCredentials, type FindRevokedSessions, remoteRevokedSessions } from '../auth';
import type { ServiceEnvironment } from '../config';

/** Ended sessions as the user subgraph tells them, by default at the address that has its public keys. */
export function requestUserSubgraph(options: {
  name: string;
  environment: ServiceEnvironment;
}): FindRevokedSessions {
  const { JWKS_URL, REVOKED_SESSIONS_URL, SERVICE_KEY_FILE: keyFile } = options.environment;
  const credentials = createServiceCredentials({ service: options.name, keyFile });
  const url = REVOKED_SESSIONS_URL ?? new URL('/revoked-sessions', JWKS_URL).href;
  return remoteRevokedSessions(url, () => credentials.for('user'));
}
