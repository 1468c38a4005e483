import type { HttpSubscribers } from '@shop/events/bus';
import { createServiceCredentials } from '@shop/kit/auth';
import { createPeer } from '@shop/kit/peer';
import type { ServiceBase } from '@shop/kit/subgraph';
import type { PaymentSettings } from '../config';

/** The services that receive events over HTTP if there is no broker. */
export function connectSubscribers({
  settings,
  logger,
  onClose,
}: ServiceBase<PaymentSettings>): HttpSubscribers {
  const credentials = createServiceCredentials({ service: 'payment', keyFile: settings.SERVICE_KEY_FILE });
  const peer = createPeer({ name: 'order', url: settings.ORDER_URL, credentials, logger });
  onClose(() => peer.close());
  return {
    order: {
      peer,
      types: ['payment.succeeded', 'payment.failed', 'payment.refunded', 'payment.refund_failed'],
    },
  };
}
