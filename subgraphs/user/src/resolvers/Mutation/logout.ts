import type { MutationResolvers } from '../../generated/schema';

export const logout: MutationResolvers['logout'] = async (_parent, { refreshToken }, { sessions }) => {
  await sessions.logout(refreshToken);
  return true;
};
