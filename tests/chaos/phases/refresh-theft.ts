import { createHash, randomUUID } from 'node:crypto';
import { withClient } from '@shop/local-stack/postgres';
import type { SendRequest } from '../clients/request';
import { toInvariantResult } from '../report/invariant-result';
import type { Phase } from './phase';

const concurrentUses = 50;

/**
 * Many clients use a refresh token concurrently, like tabs of a browser. Then the token is used again
 * after its successor was used, as by a thief.
 */
export const refreshTheftPhase: Phase = async ({ shop: openShop }) => {
  const { send, stack } = await openShop();
  const body = { email: `chaos-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const session = await send({ method: 'POST', path: '/v1/auth/register', body });
  const stolen = String(session.body['refresh_token']);
  const responses = await Promise.all(Array.from({ length: concurrentUses }, () => refresh(send, stolen)));
  const responded = responses.filter(({ status }) => status === 200);
  const bodies = new Set(responded.map(({ body }) => JSON.stringify(body)));
  const successor = String(responded[0]?.body['refresh_token']);
  const tokens = await countTokens(stack.databaseUrls.user, successor);
  const hasEqualResponses = responded.length === concurrentUses && bodies.size === 1 && tokens === 2;
  const next = await refresh(send, successor);
  const reuse = await refresh(send, stolen);
  const afterwards = await refresh(send, String(next.body['refresh_token']));
  const isContained = [next, reuse, afterwards].map(({ status }) => status).join() === '200,401,401';
  return {
    results: [
      toInvariantResult(
        'repeated uses of a refresh token cause one rotation',
        `${concurrentUses} parallel uses of one refresh token: ${tokens - 1} rotation, ${responded.length} succeeded, ${bodies.size} different responses`,
        hasEqualResponses ? [] : responses.map(({ status, code }) => `${status} ${code ?? ''}`),
      ),
      toInvariantResult(
        'reuse of a refresh token after its successor was used revokes the session',
        `statuses: successor ${next.status}, then the reused token ${reuse.status}, then the newest token of the family ${afterwards.status}`,
        isContained ? [] : [next, reuse, afterwards].map(({ status, code }) => `${status} ${code ?? ''}`),
      ),
    ],
  };
};

function refresh(send: SendRequest, token: string) {
  return send({ method: 'POST', path: '/v1/auth/refresh', body: { refresh_token: token } });
}

/** Counts the tokens in the family of a token: one from the login, and one from each rotation. */
function countTokens(databaseUrl: string, token: string): Promise<number> {
  const sql = `SELECT FROM refresh_tokens
    WHERE family_id = (SELECT family_id FROM refresh_tokens WHERE token_hash = $1)`;
  const hash = createHash('sha256').update(token).digest();
  return withClient(databaseUrl, async (client) => (await client.query(sql, [hash])).rowCount ?? 0);
}
