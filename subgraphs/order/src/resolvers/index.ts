import type { Resolvers } from '../generated/schema';
import { cancelOrder } from './Mutation/cancelOrder';
import { createOrder } from './Mutation/createOrder';
import { payOrder } from './Mutation/payOrder';
import { updateOrderStatus } from './Mutation/updateOrderStatus';
import { Order } from './Order';
import { OrderItem } from './OrderItem';
import { order } from './Query/order';
import { orders } from './Query/orders';
import { StockShortage } from './StockShortage';
import { User } from './User';

export const resolvers: Resolvers = {
  Query: { order, orders },
  Mutation: { createOrder, payOrder, cancelOrder, updateOrderStatus },
  Order,
  OrderItem,
  StockShortage,
  User,
};
