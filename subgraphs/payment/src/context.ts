import type { SubgraphContext } from '@shop/kit/service';
import type { ChargeService } from './charge/charge.service';
import { createPaymentLoaders, type PaymentLoaders } from './payment/payment.loaders';
import type { RefundService } from './refund/refund.service';
import type { PaymentServices } from './services';

/** What the resolvers of this subgraph get. */
export interface PaymentContext extends SubgraphContext {
  charges: ChargeService;
  refunds: RefundService;
  /** Of this request and its viewer. */
  loaders: PaymentLoaders;
}

export function createContext(services: PaymentServices): (request: SubgraphContext) => PaymentContext {
  const { payments, charges, refunds } = services;
  return (request) => ({
    ...request,
    charges,
    refunds,
    loaders: createPaymentLoaders(payments, request.viewer),
  });
}
