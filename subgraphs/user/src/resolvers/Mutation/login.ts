import type { MutationResolvers } from '../../generated/schema';

export const login: MutationResolvers['login'] = (_parent, { input }, { accounts, client }) =>
  accounts.login(input, client);
