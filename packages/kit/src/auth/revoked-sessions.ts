import { request } from 'undici';
import type { Logger } from '../logger';

/** Returns the IDs of the sessions that were ended within the last `seconds`. */
export type FindRevokedSessions = (seconds: number) => Promise<readonly string[]>;

/** Ended sessions whose access tokens have not expired yet. */
export interface RevokedSessions {
  has(sessionId: string): boolean;
  stop(): void;
}

/**
 * Longer than an access token is accepted: its lifetime, the allowed clock skew and the longest
 * request.
 */
export const revocationRetentionSeconds = 900;
/**
 * Polls overlap: a revocation has the time its transaction began, and is visible after the commit.
 */
const overlapSeconds = 30;

/**
 * Polls the ended sessions every `everyMs`. If a poll fails, the known sessions remain and other
 * tokens stay valid, so a restart of that service logs no one out. The next poll covers the
 * missed time.
 */
export function pollRevokedSessions(options: {
  find: FindRevokedSessions;
  logger: Logger;
  everyMs: number;
}): RevokedSessions {
  const { find, logger, everyMs } = options;
  const forgetAtMs = new Map<string, number>();
  let polledAtMs = -Infinity;
  let isUnavailable = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function poll(): Promise<void> {
    const nowMs = performance.now();
    const missedSeconds = Math.ceil((nowMs - polledAtMs) / 1_000) + overlapSeconds;
    try {
      for (const id of await find(Math.min(revocationRetentionSeconds, missedSeconds)))
        forgetAtMs.set(id, nowMs + revocationRetentionSeconds * 1_000);
      polledAtMs = nowMs;
      isUnavailable = false;
    } catch (error) {
      if (!isUnavailable)
        logger.warn('revoked sessions could not be polled: their access tokens stay valid', { error });
      isUnavailable = true;
    }
    for (const [id, forgetAt] of forgetAtMs) if (forgetAt <= nowMs) forgetAtMs.delete(id);
    if (!isStopped) timer = setTimeout(() => void poll(), everyMs).unref();
  }

  void poll();
  return {
    has: (sessionId) => forgetAtMs.has(sessionId),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const timeoutMs = 2_000;

/** Requests the identity service. @param credential returns a service credential for it */
export function remoteRevokedSessions(url: string, credential: () => string): FindRevokedSessions {
  return async (seconds) => {
    const response = await request(`${url}?seconds=${seconds}`, {
      headers: { 'x-service-authorization': `Bearer ${credential()}` },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const body = (await response.body.json()) as { sessions: string[] };
    if (response.statusCode !== 200) throw new Error(`revoked sessions: HTTP ${response.statusCode}`);
    return body.sessions;
  };
}
