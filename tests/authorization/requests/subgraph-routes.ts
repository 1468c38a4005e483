import { randomUUID } from 'node:crypto';
import { createEvent } from '@shop/events/contracts';
import { signedWebhook } from '../signed-webhook';
import { defineRequests, type HttpRequest } from './request';

const withoutBody = (): HttpRequest => ({});
const typenameQuery = (): HttpRequest => ({ body: { query: '{ __typename }' } });

/** The routes of the subgraphs' servers, on ports of the internal network. */
export const subgraphRoutes = defineRequests<HttpRequest>()({
  'user GET /healthz': withoutBody,
  'user GET /readyz': withoutBody,
  'user GET /.well-known/jwks.json': withoutBody,
  'user POST /graphql': typenameQuery,
  'user GET /revoked-sessions': () => ({ path: '/revoked-sessions?seconds=60' }),
  'product GET /healthz': withoutBody,
  'product GET /readyz': withoutBody,
  'product POST /graphql': typenameQuery,
  'order GET /healthz': withoutBody,
  'order GET /readyz': withoutBody,
  'order POST /graphql': typenameQuery,
  'order POST /events': () => ({ body: paymentFailed() }),
  'payment GET /healthz': withoutBody,
  'payment GET /readyz': withoutBody,
  'payment POST /graphql': typenameQuery,
  'payment POST /webhooks/:provider': () => ({ path: '/webhooks/simulator', ...signedWebhook() }),
});

/** Of an order that does not exist, so that an accepted event changes nothing. */
function paymentFailed() {
  const paymentId = randomUUID();
  return createEvent({
    source: 'payment',
    type: 'payment.failed',
    subject: paymentId,
    data: {
      paymentId,
      orderId: randomUUID(),
      attempt: 1,
      amountCents: 1_000,
      currency: 'EUR',
      failureCode: 'card_declined',
      sent: true,
    },
  });
}
