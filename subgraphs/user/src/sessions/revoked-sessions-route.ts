import { type FindRevokedSessions, revocationMattersSeconds } from '@shop/kit/auth';
import type { AuthenticatedRoute } from '@shop/kit/service';
import { z } from 'zod';

const query = z.object({ seconds: z.coerce.number().int().min(1).max(revocationMattersSeconds) });

/** `GET /revoked-sessions?seconds=…` for the services that verify access tokens: `{ "sessions": [id, …] }`. */
export function revokedSessionsRoute(find: FindRevokedSessions): AuthenticatedRoute {
  return async (request, reply) => {
    const asked = query.safeParse(request.query);
    if (asked.success) return { sessions: await find(asked.data.seconds) };
    const message = `seconds is a whole number from 1 to ${revocationMattersSeconds}.`;
    return reply.code(400).send({ errors: [{ message }] });
  };
}
