import type { SubgraphContext } from '@shop/kit/service';
import type { OrderLoaders } from './order/reads/order.loaders';
import type { OrderServices } from './services';

/** The context of this subgraph's resolvers. */
export interface OrderContext
  extends SubgraphContext, Pick<OrderServices, 'createOrder' | 'payOrder' | 'cancelOrder' | 'orderList'> {
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
