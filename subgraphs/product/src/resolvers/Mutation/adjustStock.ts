import type { MutationResolvers } from '../../generated/schema';

export const adjustStock: MutationResolvers['adjustStock'] = async (_root, { input }, context) => {
  const { answer, replayed } = await context.stock.adjust(context.viewer, input);
  context.answer.replayed ||= replayed;
  return answer;
};
