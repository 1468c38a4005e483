import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import type { OrderSettings } from '../config';
import { PaymentClient } from './payment.client';
import { ProductClient } from './product.client';

// Both below the gateway's time limit, so that the client gets from us what is known, and well below the time after which
// the poller takes an order over from the request. Payment waits three seconds for a provider.
const productTimeoutMs = 3_000;
const paymentTimeoutMs = 3_500;

export interface Clients {
  products: ProductClient;
  payments: PaymentClient;
}

/** The subgraphs that this one calls. */
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
