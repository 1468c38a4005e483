import { runWithRequestContext } from '@shop/kit/request-context';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PaymentWebhooks } from '../../subgraphs/payment-webhooks';
import { RestSimulateAuthenticationDocument } from '../generated/operations';
import { readQuery } from '../http/parameters';
import { problemOfMember } from '../http/problem';
import { defineRoute, type DocumentedRoute, noQuery } from '../http/route';
import { named, required } from '../shapes/shape';

const authenticationEnd = named(
  'SimulatedAuthentication',
  z.strictObject({
    client_secret: z.string().describe('From payment.next_action.'),
    outcome: z.enum(['SUCCEEDED', 'FAILED']).describe('How the authentication ends.'),
  }),
);

const simulateAuthentication = defineRoute({
  tag: 'payments',
  access: 'signed_in',
  method: 'POST',
  path: '/v1/payments/simulator/authentications',
  operationId: 'simulateAuthentication',
  summary: 'Complete or fail a simulated authentication',
  description:
    "Ends the authentication as the customer would on a bank's page; the payment is decided a moment later. Returns 404 not_found unless PAYMENT_PROVIDER is simulator.",
  body: authenticationEnd,
  idempotencyKey: 'ignored',
  responses: {
    204: {
      description: 'The authentication has ended with the requested outcome, now or in an earlier request.',
    },
  },
  failures: ['not_found', 'payment_not_found', 'authentication_ended'],
  async handle({ body: { client_secret: clientSecret, outcome }, run }) {
    const data = await run(RestSimulateAuthenticationDocument, { input: { clientSecret, outcome } });
    const result = required(data.simulateAuthentication, 'simulateAuthentication');
    if (result.__typename !== 'SimulateAuthenticationPayload') throw problemOfMember(result);
    return { status: 204 };
  },
});

export const simulatorRoutes = [simulateAuthentication];

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
  responses: { 204: { description: 'Stored, now or earlier; it is processed after.' } },
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
