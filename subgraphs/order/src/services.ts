import type { EventHandlers } from '@shop/events/inbox';
import type { Outbox } from '@shop/events/outbox';
import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import { PaymentClient } from './clients/payment.client';
import { ProductClient } from './clients/product.client';
import type { OrderSettings } from './config';
import { paymentEventHandlers } from './events/payment-events';
import { OrderRepository } from './order/persistence/order.repository';
import { IdempotencyKeyRepository } from './order/persistence/idempotency-key.repository';
import { OrderDetailsRepository } from './order/persistence/order-details.repository';
import { OrderPageRepository } from './order/persistence/order-page.repository';
import { OrderListService } from './order/reads/order-list.service';
import { type OrderLoaders, createOrderLoaders } from './order/reads/order.loaders';
import { CancelOrderService } from './order/requests/cancel-order.service';
import { CreateOrderService } from './order/requests/create-order.service';
import { OrderRequests } from './order/requests/order-requests';
import { PayOrderService } from './order/requests/pay-order.service';
import { type OrderPoller, createOrderPoller } from './order/steps/order-poller';
import { OrderRecorder } from './order/steps/order-recorder';
import { OrderSaga } from './order/steps/order-saga';
import { type DeclinePolicy, PayStep } from './order/steps/pay.step';

export interface OrderServices {
  createOrder: CreateOrderService;
  payOrder: PayOrderService;
  cancelOrder: CancelOrderService;
  orderList: OrderListService;
  poller: OrderPoller;
  paymentEvents: EventHandlers;
  /** Must be called once per request. */
  createLoaders: () => OrderLoaders;
}

export function createServices(service: ServiceBase<OrderSettings> & { outbox: Outbox }): OrderServices {
  const base = { ...service, ...connectClients(service) };
  const { settings, dataSource } = base;
  const declinePolicy: DeclinePolicy = {
    onDecline: settings.PAYMENT_DECLINE,
    maximumAttempts: settings.PAYMENT_MAX_ATTEMPTS_PER_ORDER,
  };
  const limits = {
    ordersPerCustomer: settings.OPEN_ORDERS_PER_CUSTOMER,
    unitsPerProduct: settings.HELD_UNITS_PER_CUSTOMER,
  };
  const orders = new OrderRepository(dataSource);
  const details = new OrderDetailsRepository(dataSource);
  const pages = new OrderPageRepository(dataSource);
  const keys = new IdempotencyKeyRepository(dataSource);
  const recorder = new OrderRecorder({
    ...{ ...base, orders, timeToPaySeconds: settings.ORDER_TTL_SECONDS },
    wakePoller: (step) => poller.wake(step),
  });
  const saga = new OrderSaga({
    ...base,
    recorder,
    payStep: new PayStep({ ...base, recorder, declinePolicy }),
  });
  const requests = new OrderRequests({ orders, keys, recorder });
  const parts = { orders, keys, saga, requests };
  const poller = createOrderPoller({ ...base, orders, saga });
  return {
    createOrder: new CreateOrderService({ ...parts, limits }),
    payOrder: new PayOrderService({ ...parts, declinePolicy }),
    cancelOrder: new CancelOrderService(parts),
    orderList: new OrderListService(pages),
    poller,
    paymentEvents: paymentEventHandlers({ orders, details, recorder, declinePolicy }),
    createLoaders: () => createOrderLoaders({ orders, pages, details }),
  };
}

// Both must be shorter than the gateway's timeout, so that this subgraph responds first, and
// shorter than the delay after which the poller takes over an order. Payment waits three seconds
// for a provider.
const productTimeoutMs = 3_000;
const paymentTimeoutMs = 3_500;

function connectClients({ settings, logger, onClose }: ServiceBase<OrderSettings>) {
  const credentials = createServiceCredentials({ service: 'order', keyFile: settings.SERVICE_KEY_FILE });
  const connect = (name: string, url: string, timeoutMs: number) => {
    const peer = createPeer({ name, url, credentials, logger, timeoutMs });
    onClose(() => peer.close());
    return peer;
  };
  return {
    products: new ProductClient(connect('product', settings.PRODUCT_URL, productTimeoutMs)),
    payments: new PaymentClient(connect('payment', settings.PAYMENT_URL, paymentTimeoutMs)),
  };
}
