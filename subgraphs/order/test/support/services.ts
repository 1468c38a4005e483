import { createLogger, type Logger } from '@shop/kit/logger';
import type { RunningService } from '@shop/kit/service';
import { freePorts } from '@shop/local-stack/ports';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadPaymentSettings } from '../../../payment/src/config';
import { startPayment } from '../../../payment/src/service';
import { loadServiceSettings as loadProductSettings } from '../../../product/src/config';
import { startProduct } from '../../../product/src/service';

/** The order subgraph's real neighbours, in this process, with databases of their own. */
export interface Neighbours {
  product: { stop(): Promise<void>; start(): Promise<void> };
  payment: { stop(): Promise<void>; start(): Promise<void> };
  databaseUrls: Record<'product' | 'payment' | 'order', string>;
  /** Settings of an order process; it must listen on this port, to which payment brings its events. */
  orderEnvironment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startNeighbours(): Promise<Neighbours> {
  const [productPort, paymentPort, orderPort] = (await freePorts(3)) as [number, number, number];
  const [product, payment, order] = await Promise.all([
    cloneDatabase('product'),
    cloneDatabase('payment'),
    cloneDatabase('order'),
  ]);
  const logger = silentLogger();
  const productSettings = loadProductSettings({
    ...serviceEnvironmentFor('product', product.url),
    PORT: String(productPort),
  });
  const paymentSettings = loadPaymentSettings({
    ...serviceEnvironmentFor('payment', payment.url),
    PORT: String(paymentPort),
    ORDER_URL: graphqlUrl(orderPort),
  });
  const services = {
    product: stoppable(() => startProduct(productSettings, logger)),
    payment: stoppable(() => startPayment(paymentSettings, logger)),
  };
  await Promise.all([services.product.start(), services.payment.start()]);
  return {
    ...services,
    databaseUrls: { product: product.url, payment: payment.url, order: order.url },
    orderEnvironment: {
      ...serviceEnvironmentFor('order', order.url),
      PORT: String(orderPort),
      PRODUCT_URL: graphqlUrl(productPort),
      PAYMENT_URL: graphqlUrl(paymentPort),
    },
    async stop() {
      await Promise.all([services.product.stop(), services.payment.stop()]);
      await dropAll([product, payment, order]);
    },
  };
}

/** Tests provoke failures, and assert what comes of them. */
export function silentLogger(): Logger {
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  return logger;
}

function graphqlUrl(port: number): string {
  return `http://127.0.0.1:${port}/graphql`;
}

function stoppable(startService: () => Promise<RunningService>) {
  let running: RunningService | undefined;
  return {
    async start() {
      running ??= await startService();
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
  };
}

async function dropAll(databases: TestDatabase[]): Promise<void> {
  for (const database of databases) await database.drop();
}
