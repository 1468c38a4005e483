import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PaymentWebhooks } from '../subgraphs/payment-webhooks';
import { readQuery } from './query-parameters';
import { type DocumentedRoute, noQuery } from './route';

/** The one route that runs no operation of the graph: see docs/decisions/0011. */
export const webhookRoute = {
  tag: 'payments',
  access: 'anyone',
  method: 'POST',
  path: '/v1/payments/webhooks/:provider',
  operationId: 'receiveWebhook',
  summary: 'Take a webhook of a payment provider',
  description:
    'For payment providers, who sign each body in a header of their own (Stripe-Signature, Simulator-Signature). The bytes are taken as they are, whatever media type the Content-Type names; a charset other than UTF-8 is 400. Anything but 204: not stored, send it again.',
  takesBytes: true,
  answers: { 204: { description: 'Stored, now or earlier; it is processed after.' } },
  failures: ['not_found'],
} as const satisfies DocumentedRoute;

/** Of the request's headers, these go to the subgraph: who signed, and nothing that speaks of identity. */
const passedOn = ['content-type', 'stripe-signature', 'simulator-signature'] as const;

/** Has a scope of its own, because here a body stays bytes. */
export function serveWebhooks(app: FastifyInstance, webhooks: PaymentWebhooks): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
  app.route({
    method: webhookRoute.method,
    url: webhookRoute.path,
    handler: (request, reply) =>
      runWithRequestContext({ requestId: request.id }, async () => {
        readQuery(noQuery, request.query);
        await webhooks.store({
          provider: (request.params as { provider: string }).provider,
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          headers: headersToPassOn(request),
          requestId: request.id,
        });
        return reply.code(204).header('cache-control', 'no-store').send();
      }),
  });
}

function headersToPassOn({ headers }: FastifyRequest): Record<string, string> {
  const found = passedOn.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(
    found.filter((entry): entry is [(typeof passedOn)[number], string] => !!entry[1]),
  );
}
