import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';

export const revokeAllSessions: MutationResolvers['revokeAllSessions'] = async (
  _parent,
  _args,
  { viewer, sessions },
) => {
  await sessions.revokeAll(requireUser(viewer).userId);
  return true;
};
