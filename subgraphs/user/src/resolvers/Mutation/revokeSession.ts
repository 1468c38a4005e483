import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';

export const revokeSession: MutationResolvers['revokeSession'] = (_parent, { id }, { viewer, sessions }) =>
  sessions.revoke(requireUser(viewer).userId, id);
