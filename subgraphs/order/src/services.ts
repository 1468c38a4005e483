import type { Outbox } from '@shop/events/outbox';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { PaymentClient } from './clients/payment.client';
import type { ProductClient } from './clients/product.client';
import { DraftRepository } from './order/persistence/draft.repository';
import { IdempotencyKeyRepository } from './order/persistence/idempotency-key.repository';
import { OrderEventRepository } from './order/persistence/order-event.repository';
import { OrderItemRepository } from './order/persistence/order-item.repository';
import { OrderPageRepository } from './order/persistence/order-page.repository';
import { OrderRepository } from './order/persistence/order.repository';
import { OrderListService } from './order/reads/order-list.service';
import { createOrderLoaders, type OrderLoaders } from './order/reads/order.loaders';
import { CancelOrderService } from './order/requests/cancel-order.service';
import { CreateOrderService } from './order/requests/create-order.service';
import { IdempotencyService } from './order/requests/idempotency.service';
import { OrderRequests } from './order/requests/order-requests';
import { PayOrderService } from './order/requests/pay-order.service';
import type { DeclinePolicy } from './order/state/decline-policy';
import type { OpenOrderLimits } from './order/state/open-order-limits';
import { CommitStep } from './order/steps/commit.step';
import { OrderRecorder } from './order/steps/order-recorder';
import { OrderSaga } from './order/steps/order-saga';
import { PayStep } from './order/steps/pay.step';
import { ReserveStep } from './order/steps/reserve.step';

/** What resolvers, events and the poller work with. */
export interface OrderServices {
  createOrder: CreateOrderService;
  payOrder: PayOrderService;
  cancelOrder: CancelOrderService;
  orderList: OrderListService;
  orders: OrderRepository;
  orderEvents: OrderEventRepository;
  recorder: OrderRecorder;
  saga: OrderSaga;
  commitStep: CommitStep;
  /** Call it once for each request. */
  createLoaders: () => OrderLoaders;
}

/** Wires repositories and clients into services, once. */
export function createServices(base: {
  dataSource: DataSource;
  products: ProductClient;
  payments: PaymentClient;
  outbox: Outbox;
  /** Called when an order has work that is due at once. */
  wakePoller: () => void;
  logger: Logger;
  /** From ORDER_TTL_SECONDS. */
  timeToPaySeconds: number;
  declinePolicy: DeclinePolicy;
  openOrderLimits: OpenOrderLimits;
}): OrderServices {
  const { dataSource } = base;
  const orders = new OrderRepository(dataSource);
  const items = new OrderItemRepository(dataSource);
  const orderEvents = new OrderEventRepository(dataSource);
  const pages = new OrderPageRepository(dataSource);
  const drafts = new DraftRepository(dataSource);
  const keys = new IdempotencyKeyRepository(dataSource);
  const recorder = new OrderRecorder({ ...base, orders });
  const saga = new OrderSaga({
    ...base,
    recorder,
    reserveStep: new ReserveStep({ ...base, recorder }),
    payStep: new PayStep({ ...base, recorder }),
  });
  const requests = new OrderRequests({ orders, keys, recorder });
  const parts = { drafts, orders, keys, saga, requests, idempotency: new IdempotencyService(keys) };
  return {
    createOrder: new CreateOrderService({ ...parts, limits: base.openOrderLimits }),
    payOrder: new PayOrderService({ ...parts, declinePolicy: base.declinePolicy }),
    cancelOrder: new CancelOrderService(parts),
    orderList: new OrderListService(pages),
    orders,
    orderEvents,
    recorder,
    saga,
    commitStep: new CommitStep({ ...base, orders }),
    createLoaders: () => createOrderLoaders({ orders, pages, items, events: orderEvents }),
  };
}
