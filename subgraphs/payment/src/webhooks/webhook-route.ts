import { isConnectionLost } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import {
  type AuthenticatedRoute,
  httpStatusOf,
  type SubgraphContext,
  type SubgraphParts,
} from '@shop/kit/service';
import type { WebhookService } from './webhook.service';

type AddRoutes = NonNullable<SubgraphParts<SubgraphContext>['routes']>;

/**
 * POST /webhooks/:provider, for the gateway only. The body is the unchanged body of the provider's
 * request. 204: stored, now or earlier. Any other status: not stored, and the provider must send it
 * again.
 */
export function webhookRoutes(webhooks: WebhookService): AddRoutes {
  return (app, authenticated) => {
    void app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      // The signature covers the bytes, so the body must not be decoded.
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      scope.post('/webhooks/:provider', authenticated(receiveWebhook(webhooks)));
      done();
    });
  };
}

function receiveWebhook(webhooks: WebhookService): AuthenticatedRoute {
  return async (request, reply, { caller }) => {
    if (caller !== 'gateway') return reply.code(403).send({ error: 'Only the gateway may send webhooks.' });
    const { provider } = request.params as { provider: string };
    try {
      await webhooks.receive(provider, {
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        headers: singleHeaders(request.headers),
      });
    } catch (error) {
      if (isConnectionLost(error)) return reply.code(503).header('retry-after', '1').send();
      if (!(error instanceof AppError)) throw error;
      return reply.code(httpStatusOf(error.code)).send({ error: error.message });
    }
    return reply.code(204).send();
  };
}

function singleHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
