import { type FindRevokedSessions, revocationRetentionSeconds } from '@shop/kit/auth';
import type { AuthenticatedRoute, SubgraphContext, SubgraphParts } from '@shop/kit/service';
import { z } from 'zod';
import type { SigningKeys } from '../signing-keys/signing-keys';

const query = z.object({ seconds: z.coerce.number().int().min(1).max(revocationRetentionSeconds) });

/** What the verifiers of access tokens need. */
export function tokenRoutes(
  keys: SigningKeys,
  findRevokedSessions: FindRevokedSessions,
): NonNullable<SubgraphParts<SubgraphContext>['routes']> {
  return (app, authenticated) => {
    // For everybody: whoever verifies an access token needs the public keys first.
    app.get('/.well-known/jwks.json', (_request, reply) =>
      reply.header('cache-control', 'public, max-age=60').send(keys.jwks()),
    );
    app.get('/revoked-sessions', authenticated(revokedSessionsRoute(findRevokedSessions)));
  };
}

/** `GET /revoked-sessions?seconds=…` for the services that verify access tokens: `{ "sessions": [id, …] }`. */
function revokedSessionsRoute(find: FindRevokedSessions): AuthenticatedRoute {
  return async (request, reply) => {
    const asked = query.safeParse(request.query);
    if (asked.success) return { sessions: await find(asked.data.seconds) };
    const message = `seconds is a whole number from 1 to ${revocationRetentionSeconds}.`;
    return reply.code(400).send({ errors: [{ message }] });
  };
}
