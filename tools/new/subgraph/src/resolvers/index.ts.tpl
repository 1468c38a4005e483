import type { Resolvers } from '../generated/schema';
import { create__Entity__ } from './Mutation/create__Entity__';
import { __entity__ } from './Query/__entity__';
import { __Entity__ } from './__Entity__';

export const resolvers: Resolvers = {
  Query: { __entity__ },
  Mutation: { create__Entity__ },
  __Entity__,
};
