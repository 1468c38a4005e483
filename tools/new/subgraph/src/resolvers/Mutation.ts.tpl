import type { MutationResolvers } from '../generated/schema';

export const Mutation: MutationResolvers = {
  create__Entity__: (_parent, { input }, context) => context.__table__.create(context.viewer, input),
};
