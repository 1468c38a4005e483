import { z } from 'zod';
import { RestSimulateAuthenticationDocument } from './generated/operations';
import { problemOfMember } from './problem';
import { required } from './required';
import { defineRoute } from './route';
import { named } from './shapes/shape';

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
  answers: {
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
