import type { SubgraphContext } from '@shop/kit/service';
import type { CancelOrderService } from './order/requests/cancel-order.service';
import type { CreateOrderService } from './order/requests/create-order.service';
import type { OrderListService } from './order/reads/order-list.service';
import type { OrderLoaders } from './order/reads/order.loaders';
import type { PayOrderService } from './order/requests/pay-order.service';
import type { OrderServices } from './services';

/** The context of this subgraph's resolvers. */
export interface OrderContext extends SubgraphContext {
  createOrder: CreateOrderService;
  payOrder: PayOrderService;
  cancelOrder: CancelOrderService;
  orderList: OrderListService;
  /** Created per request. */
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
