import { canSee } from '@shop/access';
import { requireUser } from '@shop/kit/auth';
import { problem } from '../../errors';
import type { MutationResolvers } from '../../generated/schema';

export const simulateAuthentication: MutationResolvers['simulateAuthentication'] = async (
  _root,
  { input },
  { viewer, simulatedAuthentications },
) => {
  requireUser(viewer);
  const result = await simulatedAuthentications.complete(input.clientSecret, input.outcome);
  if (result.kind === 'UNKNOWN_SECRET')
    return { __typename: 'PaymentNotFound', ...problem('payment_not_found') };
  // The client secret authorizes the authentication. Reading the payment requires its owner or an
  // ADMIN.
  const payment = canSee(viewer, result.payment.userId) ? result.payment : null;
  if (result.kind === 'ENDED')
    return { __typename: 'AuthenticationEnded', ...problem('authentication_ended'), payment };
  return { __typename: 'SimulateAuthenticationPayload', payment };
};
