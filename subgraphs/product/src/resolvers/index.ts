import type { Resolvers } from '../generated/schema';
import { Mutation } from './Mutation';
import { Product, ProductConnection } from './Product';
import { Query } from './Query';
import { ReservedLine, ReserveStockResult } from './ReserveStockResult';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  Product,
  ProductConnection,
  ReservedLine,
  ReserveStockResult,
};
