import type { Resolvers } from '../generated/schema';
import { Mutation } from './Mutation';
import { Query } from './Query';
import { __Entity__ } from './__Entity__';

export const resolvers: Resolvers = { Query, Mutation, __Entity__ };
