import type { MutationResolvers } from '../../generated/schema';

export const refreshSession: MutationResolvers['refreshSession'] = (
  _parent,
  { refreshToken },
  { sessions },
) => sessions.refresh(refreshToken);
