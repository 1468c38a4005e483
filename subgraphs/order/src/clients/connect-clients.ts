import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import type { OrderSettings } from '../config';
import { PaymentClient } from './payment.client';
import { ProductClient } from './product.client';

// Both must be shorter than the gateway's timeout, so that this subgraph responds first, and
// shorter than the delay after which the poller takes over an order. Payment waits three seconds
// for a provider.
const productTimeoutMs = 3_000;
const paymentTimeoutMs = 3_500;

export interface Clients {
  products: ProductClient;
  payments: PaymentClient;
}

export function connectClients({ settings, logger, onClose }: ServiceBase<OrderSettings>): Clients {
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
