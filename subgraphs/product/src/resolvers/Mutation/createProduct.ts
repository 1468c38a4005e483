import type { MutationResolvers } from '../../generated/schema';

export const createProduct: MutationResolvers['createProduct'] = async (_root, { input }, context) => {
  const { answer, replayed } = await context.products.create(context.viewer, input);
  context.answer.replayed ||= replayed;
  return answer;
};
