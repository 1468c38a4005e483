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
export const revocationMattersSeconds = 900;
/** Looks overlap: a revocation is dated when its transaction begins, and seen when it has ended. */
const overlapSeconds = 30;

/**
 * Asks every `everyMs` who was signed out since. While nobody answers, what is known stays and the rest is as it was: the alternative
 * would sign everybody out whenever the user subgraph restarts. The next look then asks for all that was missed.
 */
export function followRevokedSessions(options: {
  find: FindRevokedSessions;
  logger: Logger;
  everyMs: number;
}): RevokedSessions {
  const { find, logger, everyMs } = options;
  const forgottenAtMs = new Map<string, number>();
  let askedAtMs = -Infinity;
  let isAway = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const nowMs = performance.now();
    const missedSeconds = Math.ceil((nowMs - askedAtMs) / 1_000) + overlapSeconds;
    try {
      for (const id of await find(Math.min(revocationMattersSeconds, missedSeconds)))
        forgottenAtMs.set(id, nowMs + revocationMattersSeconds * 1_000);
      askedAtMs = nowMs;
      isAway = false;
    } catch (error) {
      if (!isAway) logger.warn('ended sessions cannot be looked for: their access tokens live on', { error });
      isAway = true;
    }
    for (const [id, forgottenAt] of forgottenAtMs) if (forgottenAt <= nowMs) forgottenAtMs.delete(id);
    if (!isStopped) timer = setTimeout(() => void look(), everyMs).unref();
  }

  void look();
  return {
    has: (sessionId) => forgottenAtMs.has(sessionId),
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
    const answer = await request(`${url}?seconds=${seconds}`, {
      headers: { 'x-service-authorization': `Bearer ${credential()}` },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const body = (await answer.body.json()) as { sessions: string[] };
    if (answer.statusCode !== 200) throw new Error(`revoked sessions: HTTP ${answer.statusCode}`);
    return body.sessions;
  };
}
