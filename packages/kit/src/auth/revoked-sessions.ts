import { request } from 'undici';
import type { Logger } from '../logger';

/** The ids of the sessions that were ended within the last so many seconds. */
export type FindRevokedSessions = (seconds: number) => Promise<readonly string[]>;

/** Sessions that were ended before their last access token has. */
export interface RevokedSessions {
  has(sessionId: string): boolean;
  stop(): void;
}

/** Longer than an access token is taken after it was signed: its ten minutes, the leeway of clocks, the longest request. */
export const revocationRetentionSeconds = 900;
/** Looks overlap: a revocation is dated when its transaction begins, and seen when it has ended. */
const overlapSeconds = 30;

/**
 * Asks every `everyMs` who was signed out since. While nobody answers, what is known stays and the rest is as it was: the alternative
 * would sign everybody out whenever the user subgraph restarts. The next look then asks for all that was missed.
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
        logger.warn('ended sessions cannot be looked for: their access tokens live on', { error });
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

/** Asks the user subgraph. @param credential a fresh service credential for it */
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
