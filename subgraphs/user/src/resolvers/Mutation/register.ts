import type { MutationResolvers } from '../../generated/schema';

export const register: MutationResolvers['register'] = async (_parent, { input }, context) => {
  const { outcome, replayed } = await context.accounts.register(input, context.client);
  context.answer.replayed ||= replayed;
  return outcome;
};
