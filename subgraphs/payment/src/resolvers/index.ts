import type { Resolvers } from '../generated/schema';
import { Mutation } from './Mutation';
import { Order } from './Order';
import { Payment } from './Payment';
import { Query } from './Query';

export const resolvers: Resolvers = { Query, Mutation, Payment, Order };
