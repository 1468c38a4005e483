import { randomUUID } from 'node:crypto';
import { createEvent } from '@shop/events/contracts';
import { signedWebhook } from '../signed-webhook';
import { defineQuestions, type HttpQuestion } from './question';

const page = (): HttpQuestion => ({});
const graph = (): HttpQuestion => ({ body: { query: '{ __typename }' } });

/** What the subgraphs' own servers serve, on ports that only services should reach. */
export const subgraphRoutes = defineQuestions<HttpQuestion>()({
  'user GET /healthz': page,
  'user GET /readyz': page,
  'user GET /.well-known/jwks.json': page,
  'user POST /graphql': graph,
  'user GET /revoked-sessions': () => ({ path: '/revoked-sessions?seconds=60' }),
  'product GET /healthz': page,
  'product GET /readyz': page,
  'product POST /graphql': graph,
  'order GET /healthz': page,
  'order GET /readyz': page,
  'order POST /graphql': graph,
  'order POST /events': () => ({ body: paymentFailed() }),
  'payment GET /healthz': page,
  'payment GET /readyz': page,
  'payment POST /graphql': graph,
  'payment POST /webhooks/:provider': () => ({ path: '/webhooks/simulator', ...signedWebhook() }),
});

/** Of an order that there is not: whoever may tell it changes nothing. */
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
