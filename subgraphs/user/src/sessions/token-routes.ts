import { type FindRevokedSessions, revocationRetentionSeconds } from '@shop/kit/auth';
import type { AuthenticatedRoute, SubgraphContext, SubgraphParts } from '@shop/kit/service';
import { z } from 'zod';
import type { SigningKeys } from '../signing-keys/signing-keys';

const query = z.object({ seconds: z.coerce.number().int().min(1).max(revocationRetentionSeconds) });

/** The public keys and the revoked sessions, for services that verify access tokens. */
export function tokenRoutes(
  keys: SigningKeys,
  findRevokedSessions: FindRevokedSessions,
): NonNullable<SubgraphParts<SubgraphContext>['routes']> {
  return (app, authenticated) => {
    // Public: the keys are required before any token can be verified.
    app.get('/.well-known/jwks.json', (_request, reply) =>
      reply.header('cache-control', 'public, max-age=60').send(keys.jwks()),
    );
    app.get('/revoked-sessions', authenticated(revokedSessionsRoute(findRevokedSessions)));
  };
}

/** `GET /revoked-sessions?seconds=…` returns `{ "sessions": [id, …] }`. */
function revokedSessionsRoute(find: FindRevokedSessions): AuthenticatedRoute {
  return async (request, reply) => {
    const parsed = query.safeParse(request.query);
    if (parsed.success) return { sessions: await find(parsed.data.seconds) };
    const message = `seconds is a whole number from 1 to ${revocationRetentionSeconds}.`;
    return reply.code(400).send({ errors: [{ message }] });
  };
}
