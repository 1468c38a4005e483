import type { MutationResolvers } from '../../generated/schema';

export const register: MutationResolvers['register'] = (_parent, { input }, { accounts, client }) =>
  accounts.register(input, client);
