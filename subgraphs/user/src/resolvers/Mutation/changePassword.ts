import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';
import { requireAccount } from '../require-account';

export const changePassword: MutationResolvers['changePassword'] = async (_parent, { input }, context) =>
  context.passwordChanges.change({
    user: await requireAccount(context),
    sessionId: requireUser(context.viewer).sessionId,
    client: context.client,
    ...input,
  });
