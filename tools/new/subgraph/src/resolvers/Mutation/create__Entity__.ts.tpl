import type { MutationResolvers } from '../../generated/schema';

export const create__Entity__: MutationResolvers['create__Entity__'] = (_parent, { input }, context) =>
  context.__table__.create(context.viewer, input);
