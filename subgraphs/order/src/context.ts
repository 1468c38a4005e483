import type { SubgraphContext } from '@shop/kit/service';
import type { CancelOrderService } from './order/cancel-order.service';
import type { CreateOrderService } from './order/create-order.service';
import type { OrderListService } from './order/order-list.service';
import type { OrderLoaders } from './order/order.loaders';
import type { PayOrderService } from './order/pay-order.service';
import type { OrderServices } from './services';

/** What the resolvers of this subgraph get. */
export interface OrderContext extends SubgraphContext {
  createOrder: CreateOrderService;
  payOrder: PayOrderService;
  cancelOrder: CancelOrderService;
  orderList: OrderListService;
  /** Of this request. */
  loaders: OrderLoaders;
}

export function createContext(services: OrderServices): (request: SubgraphContext) => OrderContext {
  const { createOrder, payOrder, cancelOrder, orderList, createLoaders } = services;
  return (request) => ({
    ...request,
    createOrder,
    payOrder,
    cancelOrder,
    orderList,
    loaders: createLoaders(),
  });
}
