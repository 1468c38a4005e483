import { createServiceCredentials, type FindRevokedSessions, remoteRevokedSessions } from '../auth';
import type { ServiceEnvironment } from '../config';

/** Polls ended sessions at the user subgraph; by default at the origin of JWKS_URL. */
export function requestUserSubgraph(options: {
  name: string;
  environment: ServiceEnvironment;
}): FindRevokedSessions {
  const { JWKS_URL, REVOKED_SESSIONS_URL, SERVICE_KEY_FILE: keyFile } = options.environment;
  const credentials = createServiceCredentials({ service: options.name, keyFile });
  const url = REVOKED_SESSIONS_URL ?? new URL('/revoked-sessions', JWKS_URL).href;
  return remoteRevokedSessions(url, () => credentials.for('user'));
}
