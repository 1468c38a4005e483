import type { Resolvers } from '../generated/schema';
import { Mutation } from './Mutation';
import { Query } from './Query';
import { Session, User } from './User';

/** By schema type: one file each, with the small types that it contains. */
export const resolvers: Resolvers = { Query, Mutation, User, Session };
