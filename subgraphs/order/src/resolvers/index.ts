import type { Resolvers } from '../generated/schema';
import { Mutation } from './Mutation';
import { Order, OrderEvent, OrderItem, StockShortage } from './Order';
import { Query } from './Query';
import { User } from './User';

export const resolvers: Resolvers = { Query, Mutation, Order, OrderEvent, OrderItem, StockShortage, User };
