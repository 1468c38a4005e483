import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { PaymentClient } from './clients/payment.client';
import type { ProductClient } from './clients/product.client';
import { IdempotencyKeyRepository } from './order/persistence/idempotency-key.repository';
import { IdempotencyService } from './order/requests/idempotency.service';
import { CancelOrderService } from './order/requests/cancel-order.service';
import { CreateOrderService } from './order/requests/create-order.service';
import type { DeclinePolicy } from './order/state/decline-policy';
import { OpenOrderLimiter, type OpenOrderLimits } from './order/requests/open-order-limit';
import { OpenOrderRepository } from './order/persistence/open-order.repository';
import { OrderEventRepository } from './order/persistence/order-event.repository';
import { OrderItemRepository } from './order/persistence/order-item.repository';
import { OrderListService } from './order/reads/order-list.service';
import { OrderPageRepository } from './order/persistence/order-page.repository';
import { OrderRecorder } from './order/steps/order-recorder';
import { OrderRequests } from './order/requests/order-requests';
import { OrderSaga } from './order/steps/order-saga';
import { createOrderLoaders, type OrderLoaders } from './order/reads/order.loaders';
import { OrderRepository } from './order/persistence/order.repository';
import { PayOrderService } from './order/requests/pay-order.service';
import { PayStep } from './order/steps/pay.step';
import { ReserveStep } from './order/steps/reserve.step';

/** What resolvers, events and jobs work with. */
export interface OrderServices {
  createOrder: CreateOrderService;
  payOrder: PayOrderService;
  cancelOrder: CancelOrderService;
  orderList: OrderListService;
  recorder: OrderRecorder;
  saga: OrderSaga;
  /** Call it once for each request. */
  createLoaders: () => OrderLoaders;
}

/** Wires repositories and clients into services, once. */
export function createServices(base: {
  dataSource: DataSource;
  products: ProductClient;
  payments: PaymentClient;
  logger: Logger;
  /** From ORDER_TTL_SECONDS. */
  timeToPaySeconds: number;
  declinePolicy: DeclinePolicy;
  openOrderLimits: OpenOrderLimits;
}): OrderServices {
  const { dataSource } = base;
  const orders = new OrderRepository(dataSource);
  const items = new OrderItemRepository(dataSource);
  const events = new OrderEventRepository(dataSource);
  const pages = new OrderPageRepository(dataSource);
  const keys = new IdempotencyKeyRepository(dataSource);
  const recorder = new OrderRecorder({ ...base, orders, items, events, keys });
  const steps = {
    reserveStep: new ReserveStep({ ...base, recorder }),
    payStep: new PayStep({ ...base, recorder }),
  };
  const saga = new OrderSaga({ ...base, ...steps, orders, recorder });
  const requests = new OrderRequests({ dataSource, orders, keys, recorder });
  const limiter = new OpenOrderLimiter(new OpenOrderRepository(), base.openOrderLimits);
  const parts = { dataSource, orders, keys, saga, requests, idempotency: new IdempotencyService(keys) };
  return {
    createOrder: new CreateOrderService({ ...parts, limiter }),
    payOrder: new PayOrderService({ ...parts, declinePolicy: base.declinePolicy }),
    cancelOrder: new CancelOrderService(parts),
    orderList: new OrderListService(pages),
    recorder,
    saga,
    createLoaders: () => createOrderLoaders({ orders, pages, items, events }),
  };
}
