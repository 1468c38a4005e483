import { createLogger, type Logger } from '@shop/kit/logger';
import type { RunningService } from '@shop/kit/service';
import { cloneDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadPaymentSettings } from '../../../payment/src/config';
import { startPayment } from '../../../payment/src/service';
import { loadProductSettings } from '../../../product/src/config';
import { startProduct } from '../../../product/src/service';
import { type LossyProxy, startLossyProxy } from './lossy-proxy';

/** A service that can be stopped, and started again at the same address. */
interface Stoppable {
  url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The product and payment subgraphs, in this process, each with its own database. */
export interface Neighbours {
  product: Stoppable;
  payment: Stoppable;
  /** Proxies between the subgraphs; payment sends its events to `order`. */
  proxies: { product: LossyProxy; payment: LossyProxy; order: LossyProxy };
  databaseUrls: Record<'product' | 'payment' | 'order', string>;
  /** Settings of an order process. `proxies.order` must be directed to it. */
  orderEnvironment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startNeighbours(): Promise<Neighbours> {
  const databases = {
    product: await cloneDatabase('product'),
    payment: await cloneDatabase('payment'),
    order: await cloneDatabase('order'),
  };
  const toOrder = await startLossyProxy();
  const product = await startProductAt(databases.product.url);
  const payment = await startPaymentAt(databases.payment.url, toOrder.url);
  const proxies = {
    product: await startLossyProxy(product.url),
    payment: await startLossyProxy(payment.url),
    order: toOrder,
  };
  const { product: productUrl, payment: paymentUrl, order: orderUrl } = databases;
  return {
    product,
    payment,
    proxies,
    databaseUrls: { product: productUrl.url, payment: paymentUrl.url, order: orderUrl.url },
    orderEnvironment: {
      ...serviceEnvironmentFor('order', databases.order.url),
      PRODUCT_URL: `${product.url}/graphql`,
      PAYMENT_URL: `${payment.url}/graphql`,
    },
    async stop() {
      await Promise.all([product.stop(), payment.stop()]);
      for (const proxy of Object.values(proxies)) await proxy.close();
      for (const database of Object.values(databases)) await database.drop();
    },
  };
}

/** Silent, because tests cause failures on purpose. */
export function silentLogger(): Logger {
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  return logger;
}

function startProductAt(databaseUrl: string): Promise<Stoppable> {
  const environment = serviceEnvironmentFor('product', databaseUrl);
  return stoppable((PORT) => startProduct(loadProductSettings({ ...environment, PORT }), silentLogger()));
}

function startPaymentAt(databaseUrl: string, orderUrl: string): Promise<Stoppable> {
  const environment = { ...serviceEnvironmentFor('payment', databaseUrl), ORDER_URL: orderUrl };
  return stoppable((PORT) => startPayment(loadPaymentSettings({ ...environment, PORT }), silentLogger()));
}

async function stoppable(startAt: (port: string) => Promise<RunningService>): Promise<Stoppable> {
  let running: RunningService | undefined = await startAt('0');
  const { url } = running;
  return {
    url,
    async start() {
      // An outgoing connection may use the port temporarily.
      running ??= await eventually(() => startAt(new URL(url).port));
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
  };
}
